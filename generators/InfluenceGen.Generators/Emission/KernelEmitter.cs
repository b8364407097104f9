using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using InfluenceGen.Generators.Expressions;
using InfluenceGen.Generators.Lowering;

namespace InfluenceGen.Generators.Emission;

/// <summary>
/// Prints one kernel as a C# method. Scalars of examples are computed for as many examples at once as a vector has
/// lanes; rows are unrolled into registers within the budget and read in loops beyond it.
/// </summary>
internal sealed class KernelEmitter
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

    public static void Emit(ModelGraph model, Kernel kernel, CodeWriter output) =>
        new KernelEmitter(model, kernel, output).Method();

    private void Method()
    {
        foreach (var line in Summary())
        {
            _out.Line("// " + line);
        }

        _out.Block($"private void {Signatures.KernelName(Sweep, _model)}{8 * 8 * _lanes}({Signatures.Parameters(Sweep.Method)})", () =>
        {
            References();
            if (NeedsSpill())
            {
                _out.Line($"Span<double> spill = stackalloc double[{_lanes * SpilledScalars().Count}];");
                _out.Line("ref var spilled = ref MemoryMarshal.GetReference(spill);");
            }

            LoadShared(symbol => !_model.Blocks[symbol.Slot].IsTable);
            _out.Line();
            _out.Block("for (var segment = first; segment < last; segment++)", Segment);
        });
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
                : $"const nuint {Names.Stride(dimension)} = {(dimension.Size + 7) / 8 * 8};");
        }

        foreach (var line in _kernel.Vectors.Concat(Scalars()).Select(_names.Declaration).Where(line => line.Length > 0).Distinct())
        {
            _out.Line(line);
        }

        foreach (var column in ExampleColumns(Side.Right))
        {
            _out.Line($"ref var index{column} = ref MemoryMarshal.GetReference({(Sweep.IsOverPairs ? "right" : "examples")}.Index({column}));");
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

    private IEnumerable<Symbol> Scalars() => _kernel.SegmentScalars.Concat(_kernel.ExampleScalars).OfType<Symbol>();

    private bool UsesSegmentRows() => _kernel.Vectors.Concat(Scalars()).Any(IsSegmentRow) || (Sweep.IsOverPairs && _model.Tables > 0);

    private bool IsSegmentRow(Symbol symbol) => symbol.Side == Side.Right && IsShared(symbol)
        && (symbol.Role == Role.Share || (symbol.Role is Role.Parameter or Role.Direction && _model.Blocks[symbol.Slot].IsTable));

    /// <summary>The index columns whose rows change from example to example.</summary>
    private IEnumerable<int> ExampleColumns(Side side) => _kernel.Vectors.Concat(Scalars())
        .Where(symbol => symbol.Side == side && (side == Side.Left || !IsShared(symbol)))
        .Where(symbol => symbol.Role is Role.Parameter or Role.Direction or Role.Share)
        .Select(_names.Column)
        .Distinct()
        .OrderBy(column => column);

    private bool IsShared(Expression expression) => Lowerer.IsShared(_model, Sweep, expression);

    private int Unrolled(Symbol vector) => _kernel.Unrolled(vector.Extent!);

    /// <summary>Loads rows that all examples of a segment share into registers.</summary>
    private void LoadShared(Func<Symbol, bool> which)
    {
        foreach (var vector in _kernel.Vectors.Where(v => IsShared(v) && Unrolled(v) > 0
            && v.Role is Role.Parameter or Role.Direction && v.Side == Side.Right && which(v)))
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
                RowOffsets(Side.Left, "", "a", _kernel.Vectors.Concat(Scalars()));
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

    private void ExampleLoops()
    {
        if (Sweep.IsContiguous || HasLoopedSums)
        {
            _out.Block($"for (; i + {_lanes} <= end; i += {_lanes})", () => Examples(wide: true, "i", ""));
        }
        else if (_kernel.Chains == 2)
        {
            _out.Block("for (; i + 2 <= end; i += 2)", () =>
            {
                _out.Block("", () => Examples(wide: false, "i", ""));
                _out.Block("", () => Examples(wide: false, "i + 1", "b"));
            });
        }

        _out.Block("for (; i < end; i++)", () => Examples(wide: false, "i", ""));
    }

    // ---- examples ------------------------------------------------------------------------------------------------

    /// <summary>
    /// The loop body: for one example, or (wide) for as many neighbours as a vector has lanes, one scalar in each lane.
    /// </summary>
    private void Examples(bool wide, string position, string chain)
    {
        string Example(int j) => !Sweep.IsContiguous ? (wide ? "z" + Digit(j) : "z") : j == 0 ? position : $"{position} + {j}";
        var example = Example(0);
        if (!Sweep.IsContiguous)
        {
            for (var j = 0; j < (wide ? _lanes : 1); j++)
            {
                _out.Line($"var {Example(j)} = (nuint)(uint)Unsafe.Add(ref order, {position}{(j == 0 ? "" : $" + {j}")});");
            }
        }

        var rowsOf = _kernel.ExampleScalars.OfType<Dot>().SelectMany(dot => new[] { (Symbol)dot.Left, (Symbol)dot.Right })
            .Concat(_kernel.ExampleScalars.OfType<Symbol>());
        if (!wide || HasLoopedSums)
        {
            rowsOf = rowsOf.Concat(_kernel.Vectors);
        }

        var needed = rowsOf.Distinct().ToList();
        if (wide)
        {
            for (var j = 0; j < _lanes; j++)
            {
                RowOffsets(Side.Right, Digit(j), Example(j), needed);
            }
        }
        else
        {
            RowOffsets(Side.Right, "", example, needed);
        }

        Dots(wide);
        foreach (var scalar in _kernel.ExampleScalars.Where(scalar => scalar is not Dot))
        {
            Compute(scalar, wide, shared: false, example);
        }

        foreach (var result in Sweep.Results.Where(result => result.Kind == ResultKind.Example))
        {
            _out.Line(wide
                ? $"{Member(Value(result.Value), $"StoreUnsafe(ref {result.Target}0, {example})")};"
                : $"Unsafe.Add(ref {result.Target}0, {example}) = {Member(Value(result.Value), "ToScalar()")};");
        }

        foreach (var result in Sweep.Results.Where(result => result.Kind == ResultKind.Pair))
        {
            _out.Line(wide
                ? $"(Lanes.LoadUnsafe(ref gramRow, {example}) + {Factor(result.Value)}).StoreUnsafe(ref gramRow, {example});"
                : $"Unsafe.Add(ref gramRow, {example}) += {Member(Value(result.Value), "ToScalar()")};");
        }

        Accumulate(wide, example, chain);
    }

    private void RowOffsets(Side side, string suffix, string example, IEnumerable<Symbol> symbols)
    {
        var own = symbols.Where(symbol => symbol.Side == side && (side == Side.Left || !IsShared(symbol))).ToList();
        if (own.FirstOrDefault(symbol => symbol.Role == Role.Feature) is { } features)
        {
            var at = example.Contains('+') ? $"({example})" : example;
            _out.Line($"var {_names.Row(features, suffix)} = {at} * {Names.Stride(features.Extent!)};");
        }

        foreach (var column in own.Where(s => s.Role is Role.Parameter or Role.Direction or Role.Share)
            .Select(_names.Column).Distinct().OrderBy(c => c))
        {
            var index = $"(nuint)(uint)Unsafe.Add(ref {(side == Side.Left ? "leftIndex" : "index")}{column}, {example})";
            var table = own.FirstOrDefault(s => s.Role is Role.Parameter or Role.Direction && _names.Column(s) == column);
            if (own.Any(s => s.Role == Role.Share && s.Slot == column))
            {
                var name = _names.Entry(own.First(s => s.Role == Role.Share && s.Slot == column), suffix);
                _out.Line($"var {name} = {index};");
                index = name;
            }

            if (table is not null)
            {
                _out.Line($"var {_names.Row(table, suffix)} = {index} * {Names.Stride(table.Extent!)};");
            }
        }
    }

    private void Dots(bool wide)
    {
        foreach (var group in _kernel.ExampleScalars.OfType<Dot>().GroupBy(dot => Unrolled((Symbol)dot.Left) > 0))
        {
            if (group.Key)
            {
                foreach (var dot in group)
                {
                    UnrolledDot(dot, wide);
                }
            }
            else
            {
                LoopedDots(group.ToList(), wide);
            }
        }
    }

    private void UnrolledDot(Dot dot, bool wide)
    {
        var (left, right) = ((Symbol)dot.Left, (Symbol)dot.Right);
        string Products(string suffix)
        {
            var text = $"{Operand(left, suffix, 0)} * {Operand(right, suffix, 0)}";
            for (var k = 1; k < Unrolled(left); k++)
            {
                text = $"Lanes.MultiplyAddEstimate({Operand(left, suffix, k)}, {Operand(right, suffix, k)}, {text})";
            }

            return text;
        }

        if (!wide)
        {
            _out.Line($"var {Names.Of(dot)} = Lanes.Create(Lanes.Sum({Products("")}));");
            return;
        }

        _out.Line($"var {Names.Of(dot)} = Reduction.Sums(");
        _out.Indent(() =>
        {
            for (var j = 0; j < _lanes; j++)
            {
                _out.Line(Products(Digit(j)) + (j == _lanes - 1 ? ");" : ","));
            }
        });
    }

    private void LoopedDots(IReadOnlyList<Dot> dots, bool wide)
    {
        var count = wide ? _lanes : 1;
        string Suffix(int j) => wide ? Digit(j) : "";
        foreach (var dot in dots)
        {
            for (var j = 0; j < count; j++)
            {
                _out.Line($"var {Names.Of(dot)}At{j} = Vec.Zero;");
            }
        }

        _out.Block($"for (nuint k = 0; k < {Names.Stride(((Symbol)dots[0].Left).Extent!)}; k += {_lanes})", () =>
        {
            var shared = dots.SelectMany(dot => new[] { (Symbol)dot.Left, (Symbol)dot.Right }).Where(IsShared).Distinct();
            foreach (var vector in shared)
            {
                _out.Line($"var {Names.Of(vector)} = {_names.Load(vector, "", "k")};");
            }

            string At(Symbol vector, int j) => IsShared(vector) ? Names.Of(vector) : _names.Load(vector, Suffix(j), "k");
            for (var j = 0; j < count; j++)
            {
                foreach (var dot in dots)
                {
                    var name = $"{Names.Of(dot)}At{j}";
                    _out.Line($"{name} = Lanes.MultiplyAddEstimate({At((Symbol)dot.Left, j)}, {At((Symbol)dot.Right, j)}, {name});");
                }
            }
        });
        foreach (var dot in dots)
        {
            var terms = string.Join(", ", Enumerable.Range(0, count).Select(j => $"{Names.Of(dot)}At{j}"));
            _out.Line(wide
                ? $"var {Names.Of(dot)} = Reduction.Sums({terms});"
                : $"var {Names.Of(dot)} = Lanes.Create(Lanes.Sum({terms}));");
        }
    }

    /// <summary>Declares the variable of a symbol, a shared dot, a named value or a function's value.</summary>
    private void Compute(Expression scalar, bool wide, bool shared, string example = "")
    {
        switch (scalar)
        {
            case Symbol symbol:
                _out.Line($"var {Names.Of(symbol)} = {LoadScalar(symbol, wide, shared, example)};");
                break;
            case Dot dot:
                if (Unrolled((Symbol)dot.Left) > 0)
                {
                    UnrolledDot(dot, wide: false);
                }
                else
                {
                    LoopedDots([dot], wide: false);
                }

                break;
            case Named named:
                _out.Line($"// {named.Name} = {Formula.Of(named.Value)}");
                _out.Line($"var {Names.Of(named)} = {Value(named.Value)};");
                break;
            case Apply apply:
                _out.Line($"var {Names.Of(apply)} = Elementary.{apply.Function.Name}({Value(apply.Argument)});");
                break;
        }
    }

    private string LoadScalar(Symbol symbol, bool wide, bool shared, string example)
    {
        var source = _names.Reference(symbol);
        if (symbol.Role == Role.Coefficient)
        {
            return $"coefficients.IsEmpty ? Vec.One : " + LoadOfExample(source, wide, example);
        }

        if (symbol.Role == Role.Share)
        {
            var entry = _names.Entry(symbol, "");
            return shared ? $"Lanes.Create(Unsafe.Add(ref {source}, {(symbol.Side == Side.Left ? entry : "row")}))"
                : wide ? "Lanes.Create(" + string.Join(", ", Enumerable.Range(0, _lanes)
                    .Select(j => $"Unsafe.Add(ref {source}, {entry}{j})")) + ")"
                : $"Lanes.Create(Unsafe.Add(ref {source}, {entry}))";
        }

        if (symbol.Role is Role.Parameter or Role.Direction)
        {
            return $"Lanes.Create({source})";
        }

        return shared ? $"Lanes.Create(Unsafe.Add(ref {source}, a))" : LoadOfExample(source, wide, example);
    }

    private string LoadOfExample(string source, bool wide, string example) => !wide
        ? $"Lanes.Create(Unsafe.Add(ref {source}, {example}))"
        : Sweep.IsContiguous ? $"Lanes.LoadUnsafe(ref {source}, {example})"
        : "Lanes.Create(" + string.Join(", ", Enumerable.Range(0, _lanes).Select(j => $"Unsafe.Add(ref {source}, z{j})")) + ")";

    // ---- sums over examples --------------------------------------------------------------------------------------

    private IEnumerable<Accumulator> RowSums => _kernel.Accumulators.Where(a => a.Vector is not null);

    private IEnumerable<Accumulator> LaneSums => _kernel.Accumulators.Where(a => a.Vector is null);

    /// <summary>Only where examples are taken one by one do sums of scalars need a second chain.</summary>
    private bool HasLaneChains => _kernel.Chains == 2 && !Sweep.IsContiguous;

    private bool NeedsSpill() => (Sweep.IsContiguous || HasLoopedSums) && SpilledScalars().Count > 0;

    private bool HasLoopedSums => RowSums.Any(sum => Unrolled(sum.Vector!) == 0);

    /// <summary>The scalars that a wide body hands from lanes to rows.</summary>
    private List<Expression> SpilledScalars() => RowSums.Select(a => a.Scalar)
        .Concat(Sweep.Results.Where(r => r.Kind == ResultKind.ExampleRow)
            .SelectMany(r => Lowerer.VectorTerms(r.Value)).Select(term => term.Scalar))
        .Distinct().ToList();

    private void StartAccumulators()
    {
        foreach (var sum in LaneSums)
        {
            _out.Line(HasLaneChains ? $"Vec {sum.Name} = Vec.Zero, {sum.Name}b = Vec.Zero;" : $"var {sum.Name} = Vec.Zero;");
        }

        foreach (var sum in RowSums.Where(sum => Unrolled(sum.Vector!) > 0))
        {
            for (var k = 0; k < Unrolled(sum.Vector!); k++)
            {
                var both = _kernel.Chains == 2 ? $", {sum.Name}At{k}b = Vec.Zero" : "";
                _out.Line(both.Length == 0 ? $"var {sum.Name}At{k} = Vec.Zero;" : $"Vec {sum.Name}At{k} = Vec.Zero{both};");
            }
        }

        foreach (var result in _kernel.SegmentResults.Where(r => r.Result.Kind == ResultKind.Gradient))
        {
            _out.Line($"ref var {Place(result)} = ref Unsafe.Add(ref sums0, {PlaceOffset(result)});");
            if (InPlace(result) is { } vector)
            {
                _out.Line($"MemoryMarshal.CreateSpan(ref {Place(result)}, (int){Names.Stride(vector.Extent!)}).Clear();");
            }
        }
    }

    /// <summary>The vector whose multiples a gradient block sums in memory, where rows are read in loops.</summary>
    private Symbol? InPlace(SegmentResult result) => result.Contributions
        .Select(c => c.Accumulator.Vector ?? c.Vector).FirstOrDefault(v => v is not null && Unrolled(v) == 0);

    private string Place(SegmentResult result) => "sum" + Names.Capital(_model.Blocks[result.Result.Block].Name);

    private string PlaceOffset(SegmentResult result)
    {
        var block = _model.Blocks[result.Result.Block];
        return block.IsTable ? $"target * {Names.Stride(block.Columns!)}" : $"target * (nuint)StorageLength + (nuint){Names.Offset(block)}";
    }

    private void Accumulate(bool wide, string example, string chain)
    {
        foreach (var sum in LaneSums)
        {
            _out.Line(wide
                ? $"{sum.Name} += {Value(sum.Scalar)};"
                : $"{sum.Name}{chain} += Lanes.CreateScalar({Member(Value(sum.Scalar), "ToScalar()")});");
        }

        var rows = Sweep.Results.Where(r => r.Kind == ResultKind.ExampleRow).ToList();
        if (!RowSums.Any() && rows.Count == 0)
        {
            return;
        }

        if (wide)
        {
            var spilled = SpilledScalars();
            for (var s = 0; s < spilled.Count; s++)
            {
                _out.Line($"{Member(Value(spilled[s]), $"StoreUnsafe(ref spilled, {s * _lanes})")};");
            }

            WideRows(example, spilled, rows);
            return;
        }

        foreach (var sum in RowSums)
        {
            if (Unrolled(sum.Vector!) > 0)
            {
                Add(sum, "", chain, Value(sum.Scalar));
            }
        }

        var looped = RowSums.Where(sum => Unrolled(sum.Vector!) == 0).ToList();
        AddInPlace(looped, 1, (sum, _) => Value(sum.Scalar), _ => "");
        WriteRows(rows, example, "", term => Value(term));
    }

    private void WideRows(string example, List<Expression> spilled, List<SweepResult> rows)
    {
        var unrolled = RowSums.Where(sum => Unrolled(sum.Vector!) > 0).ToList();
        if (unrolled.Count > 0 || rows.Count > 0)
        {
            var step = rows.Count > 0 ? 1 : _kernel.Chains;
            _out.Block($"for (nuint j = 0; j < {_lanes}; j{(step == 1 ? "++" : " += 2")})", () =>
            {
                for (var b = 0; b < step; b++)
                {
                    var chain = b == 0 ? "" : "b";
                    var at = b == 0 ? "j" : $"j + {b}";
                    RowOffsets(Side.Right, "At" + b, $"{example} + {at}", unrolled
                        .SelectMany(sum => new[] { sum.Vector!, sum.Other }).OfType<Symbol>().Concat(rows
                            .SelectMany(r => Lowerer.VectorTerms(r.Value)).Select(term => term.Vector).OfType<Symbol>()).Distinct());
                    string Spilled(Expression scalar) =>
                        $"Lanes.Create(Unsafe.Add(ref spilled, {at}{(spilled.IndexOf(scalar) is var s and > 0 ? $" + {s * _lanes}" : "")}))";
                    foreach (var scalar in unrolled.Select(sum => sum.Scalar).Distinct())
                    {
                        _out.Line($"var factor{spilled.IndexOf(scalar)}At{b} = {Spilled(scalar)};");
                    }

                    foreach (var sum in unrolled)
                    {
                        Add(sum, "At" + b, chain, $"factor{spilled.IndexOf(sum.Scalar)}At{b}");
                    }

                    WriteRows(rows, $"{example} + {at}", "At" + b, Spilled);
                }
            });
        }

        var looped = RowSums.Where(sum => Unrolled(sum.Vector!) == 0).ToList();
        foreach (var scalar in looped.Select(sum => sum.Scalar).Distinct())
        {
            var s = spilled.IndexOf(scalar);
            for (var j = 0; j < _lanes; j++)
            {
                _out.Line($"var factor{s}At{j} = Lanes.Create(Unsafe.Add(ref spilled, {s * _lanes + j}));");
            }
        }

        AddInPlace(looped, _lanes, (sum, j) => $"factor{spilled.IndexOf(sum.Scalar)}At{j}", Digit);
    }

    private void Add(Accumulator sum, string suffix, string chain, string factor)
    {
        for (var k = 0; k < Unrolled(sum.Vector!); k++)
        {
            var name = $"{sum.Name}At{k}{chain}";
            var product = sum.Other is null
                ? Operand(sum.Vector!, suffix, k)
                : $"{Operand(sum.Vector!, suffix, k)} * {Operand(sum.Other, suffix, k)}";
            _out.Line($"{name} = Lanes.MultiplyAddEstimate({factor}, {product}, {name});");
        }
    }

    /// <summary>Adds multiples of rows to a gradient in memory, each of its vectors loaded and stored once for all examples.</summary>
    private void AddInPlace(List<Accumulator> sums, int count, Func<Accumulator, int, string> factor, Func<int, string> suffix)
    {
        foreach (var result in _kernel.SegmentResults.Where(r => r.Result.Kind == ResultKind.Gradient))
        {
            var own = result.Contributions.Select(c => c.Accumulator).Where(sums.Contains).ToList();
            if (own.Count == 0)
            {
                continue;
            }

            _out.Block($"for (nuint k = 0; k < {Names.Stride(own[0].Vector!.Extent!)}; k += {_lanes})", () =>
            {
                _out.Line($"var sum = Lanes.LoadUnsafe(ref {Place(result)}, k);");
                foreach (var accumulator in own)
                {
                    for (var j = 0; j < count; j++)
                    {
                        _out.Line($"sum = Lanes.MultiplyAddEstimate({factor(accumulator, j)}, {_names.Load(accumulator.Vector!, suffix(j), "k")}, sum);");
                    }
                }

                _out.Line($"sum.StoreUnsafe(ref {Place(result)}, k);");
            });
        }
    }

    private void WriteRows(List<SweepResult> rows, string example, string suffix, Func<Expression, string> scalarOf)
    {
        foreach (var result in rows)
        {
            var block = _model.Blocks[result.Block];
            var at = example.Contains('+') ? $"({example})" : example;
            var place = $"{at} * (nuint)GradientRowLength + (nuint){Names.RowOffset(block)}";
            var terms = Lowerer.VectorTerms(result.Value).ToList();
            if (block.Columns is null)
            {
                _out.Line($"Lanes.CreateScalar({Member(scalarOf(terms[0].Scalar), "ToScalar()")}).StoreUnsafe(ref rows0, {place});");
                for (var rest = _lanes; rest < 8; rest += _lanes)
                {
                    _out.Line($"Vec.Zero.StoreUnsafe(ref rows0, {place} + {rest});");
                }

                continue;
            }

            string Row(Func<Symbol, string> load) => string.Join(" + ", terms.Select(term =>
                $"{Parenthesise(scalarOf(term.Scalar))} * {load(term.Vector!)}"));
            if (_kernel.Unrolled(block.Columns) is var vectors and > 0)
            {
                for (var k = 0; k < vectors; k++)
                {
                    _out.Line($"({Row(v => Operand(v, suffix, k))}).StoreUnsafe(ref rows0, {place}{(k == 0 ? "" : $" + {k * _lanes}")});");
                }

                var padded = (block.Columns.Size + 7) / 8 * 8 / _lanes;
                for (var k = vectors; k < padded; k++)
                {
                    _out.Line($"Vec.Zero.StoreUnsafe(ref rows0, {place} + {k * _lanes});");
                }
            }
            else
            {
                _out.Block($"for (nuint k = 0; k < {Names.Stride(block.Columns)}; k += {_lanes})", () =>
                    _out.Line($"({Row(v => _names.Load(v, suffix, "k"))}).StoreUnsafe(ref rows0, {place} + k);"));
            }
        }
    }

    // ---- results of a segment ------------------------------------------------------------------------------------

    private void Write(SegmentResult result)
    {
        var (vectors, scalars) = (
            result.Contributions.Where(c => !IsScalar(result, c)).ToList(),
            result.Contributions.Where(c => IsScalar(result, c)).ToList());
        if (scalars.Count > 0)
        {
            var value = string.Join(" + ", scalars.Select(Total));
            _out.Line(result.Result.Kind == ResultKind.Segment
                ? $"Unsafe.Add(ref {result.Result.Target}0, target) = {value};"
                : $"{Place(result)} = {value};");
            return;
        }

        if (InPlace(result) is { } looped)
        {
            var shared = vectors.Where(c => c.Vector is not null).ToList();
            if (shared.Count == 0)
            {
                return;
            }

            foreach (var contribution in shared)
            {
                _out.Line($"var scale{Names.Capital(Names.Of(contribution.Vector!))} = Lanes.Create({Total(contribution with { Vector = null })});");
            }

            _out.Block($"for (nuint k = 0; k < {Names.Stride(looped.Extent!)}; k += {_lanes})", () =>
            {
                _out.Line($"var sum = Lanes.LoadUnsafe(ref {Place(result)}, k);");
                foreach (var contribution in shared)
                {
                    var name = Names.Of(contribution.Vector!);
                    _out.Line($"sum = Lanes.MultiplyAddEstimate(scale{Names.Capital(name)}, {_names.Load(contribution.Vector!, "", "k")}, sum);");
                }

                _out.Line($"sum.StoreUnsafe(ref {Place(result)}, k);");
            });
            return;
        }

        var columns = _model.Blocks[result.Result.Block].Columns!;
        foreach (var contribution in vectors.Where(c => c.Vector is not null))
        {
            _out.Line($"var scale{Names.Capital(Names.Of(contribution.Vector!))} = Lanes.Create({Total(contribution with { Vector = null })});");
        }

        for (var k = 0; k < _kernel.Unrolled(columns); k++)
        {
            var terms = vectors.OrderBy(c => c.Vector is null).Select(c => c.Vector is not null
                ? $"scale{Names.Capital(Names.Of(c.Vector))} * {Operand(c.Vector, "", k)}"
                : IsOne(c.Factor) ? Merged(c.Accumulator, k) : $"{Factor(c.Factor)} * {Bracketed(Merged(c.Accumulator, k))}");
            _out.Line($"({string.Join(" + ", terms)}).StoreUnsafe(ref {Place(result)}, {k * _lanes});");
        }
    }

    private bool IsScalar(SegmentResult result, Contribution contribution) =>
        result.Result.Kind == ResultKind.Segment || _model.Blocks[result.Result.Block].Columns is null;

    /// <summary>A contribution's scalar total, as a plain number.</summary>
    private string Total(Contribution contribution)
    {
        var (sum, factor, vector) = contribution;
        string total;
        if (sum.Vector is null)
        {
            total = HasLaneChains ? $"Lanes.Sum({sum.Name} + {sum.Name}b)" : $"Lanes.Sum({sum.Name})";
        }
        else
        {
            var elements = string.Join(" + ", Enumerable.Range(0, Unrolled(sum.Vector)).Select(k => vector is null
                ? Merged(sum, k)
                : $"{Operand(vector, "", k)} * {Bracketed(Merged(sum, k))}"));
            total = $"Lanes.Sum({elements})";
        }

        return IsOne(factor) ? total : $"{Member(Value(factor), "ToScalar()")} * {total}";
    }

    private string Merged(Accumulator sum, int k) =>
        _kernel.Chains == 2 ? $"{sum.Name}At{k} + {sum.Name}At{k}b" : $"{sum.Name}At{k}";

    // ---- text of values ------------------------------------------------------------------------------------------

    private string Operand(Symbol vector, string suffix, int k) => IsShared(vector) && Unrolled(vector) > 0
        ? $"{Names.Of(vector)}{k}"
        : _names.Load(vector, suffix, k * _lanes);

    private string Value(Expression expression) => expression switch
    {
        Number number => $"Lanes.Create({Literal(number.Value)})",
        Sum sum => string.Concat(sum.Terms.Select((term, index) => Signed(term, index == 0))),
        Product product => string.Join(" * ", product.Factors.Select(f => f is Number n ? Literal(n.Value) : Factor(f))),
        _ => Names.Of(expression),
    };

    private string Signed(Expression term, bool first)
    {
        if (!first && term is Product { Factors: var factors } && factors[0] is Number { Value: < 0 } number)
        {
            var rest = string.Join(" * ", factors.Skip(1).Select(Factor));
            return number.Value == -1 ? " - " + rest : $" - {Literal(-number.Value)} * {rest}";
        }

        return (first ? "" : " + ") + Value(term);
    }

    private string Factor(Expression expression) => expression is Sum ? $"({Value(expression)})" : Value(expression);

    private static string Member(string value, string member) => Parenthesise(value) + "." + member;

    private static string Parenthesise(string value) => value.Contains(' ') && !IsOneCall(value) ? $"({value})" : value;

    private static string Bracketed(string value) => value.Contains(' ') ? $"({value})" : value;

    private static bool IsOneCall(string value) => value.StartsWith("Lanes.Create(", StringComparison.Ordinal)
        && value.EndsWith(")", StringComparison.Ordinal);

    private static bool IsOne(Expression expression) => expression is Number { Value: 1 };

    private static string Literal(double value)
    {
        var text = value.ToString("R", CultureInfo.InvariantCulture);
        return text.IndexOfAny(['.', 'E', 'e']) >= 0 ? text : text + ".0";
    }

    private static string Digit(int j) => j.ToString(CultureInfo.InvariantCulture);
}
