using System;
using System.Collections.Generic;
using System.Linq;
using InfluenceGen.Generators.Expressions;
using InfluenceGen.Generators.Lowering;

namespace InfluenceGen.Generators.Emission;

/// <summary>
/// Prints one kernel as a C# method. Scalars of examples are computed for as many examples at once as a vector has
/// lanes; rows are unrolled into registers within the budget and read in loops beyond it.
/// </summary>
internal sealed partial class KernelEmitter
{
    private readonly ModelGraph _model;
    private readonly Kernel _kernel;
    private readonly CodeWriter _out;
    private readonly Names _names;
    private readonly int _lanes;

    private KernelEmitter(ModelGraph model, Kernel kernel, CodeWriter output)
    {
        _model = model;
        _kernel = kernel;
        _out = output;
        _lanes = kernel.Lanes;
        _names = new Names(model, kernel.Sweep);
    }

    private Sweep Sweep => _kernel.Sweep;

    public static void Emit(ModelGraph model, Kernel kernel, CodeWriter output)
    {
        new KernelEmitter(model, kernel, output).Method();
        if (kernel.Unweighted is { } unweighted)
        {
            output.Line();
            Emit(model, unweighted, output);
        }
    }

    private void Method()
    {
        foreach (var line in Summary())
        {
            _out.Line("// " + line);
        }

        _out.Block($"private readonly void {MethodName(_kernel)}({Parameters(_kernel)})", () =>
        {
            if (_kernel.Unweighted is { } unweighted)
            {
                _out.Block("if (coefficients.IsEmpty)", () =>
                    _out.Lines($"{MethodName(unweighted)}({Signatures.Arguments(Parameters(unweighted))});", "return;"));
                _out.Line();
            }

            References();
            if (NeedsSpill())
            {
                _out.Line($"Span<{_model.Type}> spill = stackalloc {_model.Type}[{_lanes * SpilledScalars().Count}];");
                _out.Line("ref var spilled = ref MemoryMarshal.GetReference(spill);");
            }

            LoadShared(symbol => !_model.Blocks[symbol.Slot].IsTable);
            _out.Line();
            _out.Block("for (var segment = first; segment < last; segment++)", Segment);
        });
    }

    private string MethodName(Kernel kernel) =>
        $"{Signatures.KernelName(Sweep, _model)}{(kernel.Sweep.IsUnweighted ? "Unweighted" : "")}{512 * _lanes / _model.Line}";

    private string Parameters(Kernel kernel)
    {
        var parameters = Signatures.Parameters(kernel.Sweep.Method, _model.Type);
        return kernel.Sweep.IsUnweighted ? parameters.Replace($"ReadOnlySpan<{_model.Type}> coefficients, ", "") : parameters;
    }

    private IEnumerable<string> Summary()
    {
        foreach (var result in Sweep.Results)
        {
            var subject = result.Kind switch
            {
                ResultKind.Gradient => $"sums.{_model.Blocks[result.Block].Name} = Σ ",
                ResultKind.Segment => $"{result.Target} = Σ ",
                ResultKind.ExampleRow => $"{result.Target}.{_model.Blocks[result.Block].Name} = ",
                ResultKind.Pair => "gram += ",
                _ => $"{result.Target} = ",
            };
            yield return subject + Formula.Of(result.Value is Named named && result.Kind == ResultKind.Example
                ? named.Value
                : result.Value);
        }

        foreach (var dimension in _kernel.Vectors.Select(vector => vector.Extent!).Distinct())
        {
            yield return _kernel.Unrolled(dimension) switch
            {
                0 when dimension.IsOpen =>
                    $"Not unrolled: the number of {dimension.Name} is read at run time; rows are read {_lanes} at a time.",
                0 when _kernel.IsOutOfRegisters => $"Not unrolled: its rows and sums need more registers than there are; rows are read {_lanes} at a time.",
                0 => $"Not unrolled: a row of {dimension.Size} takes more than {Kernel.UnrollBudget} vectors of {_lanes}.",
                var vectors => $"Unrolled: a row of {dimension.Size} is {vectors} vector{(vectors == 1 ? "" : "s")} of {_lanes}"
                    + (_kernel.Chains > 1 ? ", summed in two chains." : "."),
            };
        }
    }

    // ---- what the kernel reads and writes ------------------------------------------------------------------------

    private void References()
    {
        var left = Sweep.IsOverPairs ? "left" : "examples";
        _out.Line($"var segments = {left}.SegmentsOf({Sweep.Pass});");
        _out.Line("ref var offsets = ref MemoryMarshal.GetReference(segments.Offsets);");
        if (UsesSegmentRows())
        {
            _out.Line("ref var segmentRows = ref MemoryMarshal.GetReference(segments.Rows);");
        }

        if (_kernel.SegmentResults.Count > 0)
        {
            _out.Line("ref var targets = ref MemoryMarshal.GetReference(segments.Targets);");
        }

        if (!Sweep.IsContiguous)
        {
            _out.Line($"ref var {(Sweep.IsOverPairs ? "leftOrder" : "order")} = ref MemoryMarshal.GetReference(segments.Order);");
            if (Sweep.IsOverPairs)
            {
                _out.Line($"ref var order = ref MemoryMarshal.GetReference(right.SegmentsOf({Sweep.Pass}).Order);");
            }
        }

        if (Sweep.IsOverPairs && _model.Tables > 0)
        {
            _out.Line($"ref var rightOffsets = ref MemoryMarshal.GetReference(right.SegmentsOf({Sweep.Pass}).Offsets);");
        }

        foreach (var dimension in _kernel.Vectors.Select(vector => vector.Extent!).Distinct())
        {
            _out.Line(dimension.IsOpen
                ? $"var {Names.Stride(dimension)} = (nuint)_{Names.Stride(dimension)};"
                : $"const nuint {Names.Stride(dimension)} = {_model.StrideOf(dimension)};");
        }

        foreach (var line in _kernel.Vectors.Concat(Scalars()).Select(_names.Declaration).Where(line => line.Length > 0).Distinct())
        {
            _out.Line(line);
        }

        foreach (var column in ExampleColumns(Side.Right))
        {
            _out.Line($"ref var index{column} = ref MemoryMarshal.GetReference({(Sweep.IsOverPairs ? "right" : "examples")}.Index({column}{(Sweep.IsContiguous ? "" : $", {Sweep.Pass}")}));");
        }

        foreach (var column in ExampleColumns(Side.Left))
        {
            _out.Line($"ref var leftIndex{column} = ref MemoryMarshal.GetReference(left.Index({column}));");
        }

        foreach (var target in Sweep.Results.Select(result => result.Target).Distinct())
        {
            _out.Line($"ref var {target}0 = ref MemoryMarshal.GetReference({target});");
        }
    }

    private IEnumerable<Symbol> Scalars() =>
        _kernel.SegmentScalars.Concat(_kernel.ExampleScalars).OfType<Symbol>().Concat(_kernel.RowFactors);

    private bool UsesSegmentRows() => _kernel.Vectors.Concat(Scalars()).Any(IsSegmentRow) || (Sweep.IsOverPairs && _model.Tables > 0);

    private bool IsSegmentRow(Symbol symbol) => symbol.Side == Side.Right && IsShared(symbol)
        && (symbol.Role == Role.Share || (symbol.IsLaidOut && _model.Blocks[symbol.Slot].IsTable));

    /// <summary>The index columns whose rows change from example to example.</summary>
    private IEnumerable<int> ExampleColumns(Side side) => _kernel.Vectors.Concat(Scalars())
        .Where(symbol => symbol.Side == side && (side == Side.Left || !IsShared(symbol)))
        .Where(symbol => symbol.IsLaidOut || symbol.Role == Role.Share)
        .Select(_names.Column)
        .Distinct()
        .OrderBy(column => column);

    private bool IsShared(Expression expression) => Lowerer.IsShared(_model, Sweep, expression);

    private int Unrolled(Symbol vector) => _kernel.Unrolled(vector.Extent!);

    /// <summary>Loads rows that all examples of a segment share into registers.</summary>
    private void LoadShared(Func<Symbol, bool> which)
    {
        foreach (var vector in _kernel.Vectors.Where(v => IsShared(v) && Unrolled(v) > 0
            && v.IsLaidOut && v.Side == Side.Right && which(v)))
        {
            Registers(vector);
        }
    }

    private void Registers(Symbol vector)
    {
        for (var k = 0; k < Unrolled(vector); k++)
        {
            _out.Line($"var {Names.Of(vector)}{k} = {_names.Load(vector, "", k * _lanes)};");
        }
    }

    // ---- a segment -----------------------------------------------------------------------------------------------

    private void Segment()
    {
        if (UsesSegmentRows())
        {
            _out.Line("var row = (nuint)(uint)Unsafe.Add(ref segmentRows, segment);");
        }

        foreach (var vector in _kernel.Vectors.Where(IsSegmentRow).GroupBy(v => Names.Stride(v.Extent!)).Select(g => g.First()))
        {
            _out.Line($"var segmentRow = row * {Names.Stride(vector.Extent!)};");
        }

        LoadShared(symbol => _model.Blocks[symbol.Slot].IsTable);
        if (Sweep.IsOverPairs)
        {
            _out.Block("for (var position = Unsafe.Add(ref offsets, segment); position < Unsafe.Add(ref offsets, segment + 1); position++)", () =>
            {
                _out.Line(Sweep.IsContiguous
                    ? "var a = (nuint)(uint)position;"
                    : "var a = (nuint)(uint)Unsafe.Add(ref leftOrder, position);");
                RowOffsets(Side.Left, "", "position", "a", _kernel.Vectors.Concat(Scalars()));
                foreach (var vector in _kernel.Vectors.Where(v => v.Side == Side.Left && Unrolled(v) > 0))
                {
                    Registers(vector);
                }

                SegmentScalars();
                _out.Line(_model.Tables == 0 ? "nuint i = 0;" : "var i = (nuint)(uint)Unsafe.Add(ref rightOffsets, (nint)row);");
                _out.Line(_model.Tables == 0 ? "var end = (nuint)(uint)right.Count;" : "var end = (nuint)(uint)Unsafe.Add(ref rightOffsets, (nint)row + 1);");
                _out.Line("ref var gramRow = ref Unsafe.Add(ref gram0, a * (nuint)(uint)right.Count);");
                ExampleLoops();
            });
            return;
        }

        if (_kernel.SegmentResults.Count > 0)
        {
            _out.Line("var target = (nuint)(uint)Unsafe.Add(ref targets, segment);");
        }

        SegmentScalars();
        _out.Line("var i = (nuint)(uint)Unsafe.Add(ref offsets, segment);");
        _out.Line("var end = (nuint)(uint)Unsafe.Add(ref offsets, segment + 1);");
        if (_kernel.Accumulators.Any(IsCount))
        {
            _out.Line($"var count = ({_model.Type})(end - i);");
        }

        StartAccumulators();
        ExampleLoops();
        foreach (var result in _kernel.SegmentResults)
        {
            Write(result);
        }
    }

    private void SegmentScalars()
    {
        foreach (var scalar in _kernel.SegmentScalars)
        {
            Compute(scalar, wide: false, shared: true);
        }
    }

    /// <summary>
    /// Whether examples are taken as many at a time as a vector has lanes: where they lie side by side and something is
    /// to be computed for each, or where rows are added up in memory. Otherwise one by one, in turn to each chain.
    /// </summary>
    private bool IsWide => HasLoopedSums || (Sweep.IsContiguous
        && (_kernel.ExampleScalars.Any(scalar => scalar is Dot or Apply)
            || Sweep.Results.Any(result => result.Kind is ResultKind.Example or ResultKind.Pair)));

    private void ExampleLoops()
    {
        if (IsWide)
        {
            _out.Line($"// {_lanes} examples at a time, each in a lane of its own.");
            _out.Block($"for (; i + {_lanes} <= end; i += {_lanes})", () => Examples(wide: true, "i", ""));
        }
        else if (_kernel.Chains == 2)
        {
            _out.Line("// Two examples at a time: each adds to sums of its own and need not wait for the other.");
            _out.Block("for (; i + 2 <= end; i += 2)", () =>
            {
                _out.Block("", () => Examples(wide: false, "i", ""));
                _out.Block("", () => Examples(wide: false, "i + 1", "b"));
            });
        }

        if (IsWide || _kernel.Chains == 2)
        {
            _out.Line("// Those that are left, one at a time.");
        }

        _out.Block("for (; i < end; i++)", () => Examples(wide: false, "i", ""));
    }
}
