using System;
using System.Collections.Generic;
using System.Linq;
using InfluenceGen.Generators.Expressions;
using InfluenceGen.Generators.Lowering;

namespace InfluenceGen.Generators.Emission;

/// <summary>
/// Prints a kernel over blocks of examples as a C# method: rows of a block lie one below the other, matrix products are
/// those of the runtime, and all between them is computed here, element by element.
/// </summary>
internal sealed partial class BlockEmitter
{
    private readonly ModelGraph _model;
    private readonly BlockKernel _kernel;
    private readonly CodeWriter _out;
    private readonly Names _names;
    private readonly int _lanes;
    private readonly string _type;

    private BlockEmitter(ModelGraph model, BlockKernel kernel, int lanes, CodeWriter output)
    {
        _model = model;
        _kernel = kernel;
        _out = output;
        _lanes = lanes;
        _type = model.Type;
        _names = new Names(model, kernel.Sweep);
    }

    public static void Emit(ModelGraph model, Sweep sweep, int lanes, CodeWriter output) =>
        new BlockEmitter(model, BlockLowerer.Lower(sweep), lanes, output).Method();

    private Sweep Sweep => _kernel.Sweep;

    private bool HasDirections => Signatures.HasDirections(Sweep.Method);

    private bool IsSummed => Sweep.Results.Any(result => result.Kind == ResultKind.Gradient);

    private void Method()
    {
        foreach (var line in Summary())
        {
            _out.Line("// " + line);
        }

        var parameters = Signatures.Parameters(Sweep.Method, _type);
        if (HasDirections)
        {
            parameters = parameters.Replace("direction", "directions");
        }

        _out.Block($"private readonly void {Signatures.KernelName(Sweep, _model)}{Bits}({parameters})", () =>
        {
            _out.Line($"var segments = {(Sweep.IsOverPairs ? "left" : "examples")}.SegmentsOf(0);");
            _out.After(Sizes, () =>
            {
                References();
                _out.After(text => Everywhere(text, Shared()), Body);
            });
        });
    }

    private void Body()
    {
        Workspace();
        Transpose();
        if (Sweep.IsOverPairs)
        {
            Pairs();
        }
        else if (IsSummed)
        {
            Sums();
        }
        else
        {
            _out.Line("var end = segments.Offsets[last];");
            Blocks("segments.Offsets[first]");
        }
    }

    /// <summary>The lengths and strides that a text names.</summary>
    private IEnumerable<string> Sizes(string text)
    {
        foreach (var dimension in Dimensions())
        {
            if (text.Contains(Names.Count(dimension)))
            {
                yield return dimension.IsOpen
                    ? $"var {Names.Count(dimension)} = _{dimension.Name};"
                    : $"const int {Names.Count(dimension)} = {Signatures.Invariant(dimension.Size)};";
            }

            if (text.Contains(Names.Stride(dimension)))
            {
                yield return dimension.IsOpen
                    ? $"var {Names.Stride(dimension)} = _{Names.Stride(dimension)};"
                    : $"const int {Names.Stride(dimension)} = {Signatures.Invariant(_model.StrideOf(dimension))};";
            }
        }
    }

    private string Bits => Signatures.Invariant(512 * _lanes / _model.Line);

    private IEnumerable<string> Summary()
    {
        foreach (var result in Sweep.Results)
        {
            var subject = result.Kind switch
            {
                ResultKind.Gradient => $"sums.{_model.Blocks[result.Block].Name} = Σ ",
                ResultKind.ExampleRow => result.Target == "rows" ? $"rows.{_model.Blocks[result.Block].Name} = " : $"{result.Target} = ",
                ResultKind.Pair => "gram += ",
                _ => $"{result.Target} = ",
            };
            yield return subject + Formula.Of(result.Value is Named named ? named.Value : result.Value);
        }

        yield return Sweep.IsOverPairs
            ? $"Not unrolled: factors of {BlockKernel.TileLength} right examples are kept while the left ones pass in blocks of {BlockKernel.Length}."
            : $"Not unrolled: {BlockKernel.LengthFor(_model)} examples at a time, so that a matrix is read once for all of them.";
    }

    // ---- what the kernel reads and writes ------------------------------------------------------------------------

    private IEnumerable<Symbol> Symbols()
    {
        var (found, seen) = (new List<Symbol>(), new HashSet<string>());
        foreach (var result in _kernel.Results)
        {
            Visit(result.Result.Value);
        }

        return found.Distinct();

        void Visit(Expression e)
        {
            if (e is Named named && !seen.Add(named.Name))
            {
                return;
            }

            if (e is Symbol symbol)
            {
                found.Add(symbol);
            }

            foreach (var operand in e.Operands)
            {
                Visit(operand);
            }
        }
    }

    private IEnumerable<Dimension> Dimensions() => _kernel.Values.Select(value => value.Length)
        .Concat(Symbols().SelectMany(symbol => new[] { symbol.Length, symbol.Rows }))
        .OfType<Dimension>().Distinct();

    private void References()
    {
        // What a mask or a direction's block is read from changes with the direction; the rest is the same throughout.
        foreach (var symbol in Shared())
        {
            Declare(symbol);
        }

        foreach (var block in GatedBlocks())
        {
            _out.Line($"var {Includes(block)} = Blocks.Contains({Signatures.Invariant(block)});");
        }

        if (HasDirections)
        {
            _out.Lines("var length = Layout.StorageLength;", "var directionCount = directions.Length / length;");
        }
    }

    /// <summary>What is read from the same place throughout.</summary>
    private IEnumerable<Symbol> Shared() =>
        Symbols().Where(symbol => !IsPerDirection(symbol) && symbol.Role != Role.Basis && !IsCopied(symbol));

    private void Declare(Symbol symbol) => _out.Line(_names.Declaration(symbol));

    /// <summary>Vectors of the numbers that are the same for all examples, those that a text names.</summary>
    private IEnumerable<string> Everywhere(string text, IEnumerable<Symbol> symbols) => symbols
        .Where(symbol => symbol.IsScalar && text.Contains(Names.Of(symbol) + "Everywhere"))
        .Select(symbol => $"var {Names.Of(symbol)}Everywhere = Lanes.Create({_names.Reference(symbol)});");

    private bool IsPerDirection(Symbol symbol) => HasDirections && symbol.Role == Role.Direction;

    private static bool IsCopied(Symbol symbol) => symbol.IsScalar && !symbol.IsLaidOut && symbol.Role != Role.Mask;

    private string Includes(int block) => "includes" + Names.Capital(_model.Blocks[block].Name);

    private IEnumerable<int> GatedBlocks() => _kernel.Results.Where(result => BlockLowerer.IsGated(result.Result))
        .Select(result => result.Result.Block).Distinct();

    private IEnumerable<Symbol> Transposed() => _kernel.Steps.OfType<ProductStep>()
        .Where(step => !step.IsTransposed && !IsPerDirection(step.Matrix)).Select(step => step.Matrix).Distinct();

    private static string Packed(Symbol matrix) => Names.Of(matrix) + "Transposed";

    private IEnumerable<Symbol> PackedDirections() => _kernel.Steps.OfType<ProductStep>()
        .Where(step => !step.IsTransposed && IsPerDirection(step.Matrix)).Select(step => step.Matrix).Distinct();

    /// <summary>One piece of the thread's scratch memory for each value and each transposed matrix.</summary>
    private void Workspace()
    {
        var pieces = new List<(string Name, string Length)>();
        foreach (var value in _kernel.Values)
        {
            var rows = !Sweep.IsOverPairs ? "BlockLength" : value.Side == Side.Right ? "TileLength" : "LeftLength";
            pieces.Add((value.Name, value.Length is null ? rows : $"{rows} * {Names.Stride(value.Length)}"));
        }

        if (Symbols().FirstOrDefault(symbol => symbol.Role == Role.Basis) is { } basis)
        {
            pieces.Add(("basis", Names.Stride(basis.Extent!)));
        }

        foreach (var matrix in Transposed().Concat(PackedDirections()))
        {
            pieces.Add((Packed(matrix), $"{Names.Count(matrix.Extent!)} * {Names.Stride(matrix.Height!)}"));
        }

        foreach (var dot in PairDots())
        {
            pieces.Add((PairName(dot), "LeftLength * PanelStride"));
            pieces.Add((Panels(dot), $"TileLength / PanelLength * {Names.Count(dot.Left.Length!)} * PanelStride"));
        }

        if (Sweep.IsOverPairs)
        {
            pieces.Add(("pairs", Signatures.Invariant(_lanes)));
        }

        if (pieces.Count == 0)
        {
            return;
        }

        _out.Line($"ref var {pieces[0].Name} = ref MemoryMarshal.GetReference(Workspace<{_type}>.OfThread({string.Join(" + ", pieces.Select(piece => InLong(piece.Length)))}));");
        for (var piece = 1; piece < pieces.Count; piece++)
        {
            _out.Line($"ref var {pieces[piece].Name} = ref Unsafe.Add(ref {pieces[piece - 1].Name}, {pieces[piece - 1].Length});");
        }
    }

    /// <summary>A product of sizes as it is taken in 64 bits, where what it comes to is checked.</summary>
    private static string InLong(string length) => length.Contains('*') ? "(long)" + length : length;

    private void Transpose()
    {
        var (matrices, directions) = (Transposed().ToList(), PackedDirections().ToList());
        if (matrices.Count + directions.Count == 0)
        {
            return;
        }

        // Not the examples of this call: what is chosen must not depend on how threads share the segments.
        _out.Line(Sweep.IsOverPairs
            ? "var rowCount = left.Count / Math.Max(1, segments.Count) + right.Count;"
            : "var rowCount = examples.Count / Math.Max(1, segments.Count);");
        foreach (var matrix in matrices)
        {
            Choose(matrix, "rowCount");
            _out.Block($"if ({Transposes(matrix)})", () => TransposeOne(matrix));
        }

        foreach (var matrix in directions)
        {
            Choose(matrix, "Math.Min(rowCount, BlockLength)");
        }

        void Choose(Symbol matrix, string rows) => _out.Line(
            $"var {Transposes(matrix)} = DenseProducts.PrefersTransposed<{_type}>({rows}, {Names.Count(matrix.Extent!)}, {Names.Count(matrix.Height!)});");
    }

    private static string Transposes(Symbol matrix) => "transposes" + Names.Capital(Names.Of(matrix));

    private void TransposeOne(Symbol matrix) => _out.Line(
        $"DenseProducts.Transpose(ref {_names.Reference(matrix)}, {Names.Stride(matrix.Extent!)}, {Names.Count(matrix.Height!)}, {Names.Count(matrix.Extent!)}, ref {Packed(matrix)}, {Names.Stride(matrix.Height!)});");

    // ---- loops ---------------------------------------------------------------------------------------------------

    private void Sums() => _out.Block("for (var segment = first; segment < last; segment++)", () =>
    {
        _out.Line("var target = segments.Targets[segment];");
        if (HasDirections)
        {
            _out.Block("for (var direction = 0; direction < directionCount; direction++)", () => _out.Line(
                "sums.Slice(direction * (sums.Length / directionCount) + target * StorageLength, StorageLength).Clear();"));
        }
        else
        {
            _out.Line("sums.Slice(target * StorageLength, StorageLength).Clear();");
            SumReferences("target * StorageLength");
        }

        if (_kernel.Results.Count == 0)
        {
            return;
        }

        _out.Line("var end = segments.Offsets[segment + 1];");
        Blocks("segments.Offsets[segment]");
    });

    private void SumReferences(string at)
    {
        foreach (var result in _kernel.Results.Select(result => result.Result).Where(result => result.Kind == ResultKind.Gradient))
        {
            _out.Line($"ref var {SumName(result)} = ref sums[{at} + {Names.Offset(_model.Blocks[result.Block])}];");
        }
    }

    private string SumName(SweepResult result) => "sum" + Names.Capital(_model.Blocks[result.Block].Name);

    private void Blocks(string start) => _out.Block($"for (var i = {start}; i < end; i += BlockLength)", () =>
    {
        _out.Line("var count = Math.Min(BlockLength, end - i);");
        Steps(_kernel.Steps.Where(step => !step.IsRepeated), "i", "count");
        if (Sweep.Results.Any(result => result.Target == "rows"))
        {
            _out.Block("if (Blocks != BlockSet.All)", () =>
                _out.Line("rows.Slice(i * GradientRowLength, count * GradientRowLength).Clear();"));
        }

        foreach (var result in _kernel.Results.Where(result => !result.IsRepeated))
        {
            Write(result.Result);
        }

        if (HasDirections)
        {
            _out.Block("for (var d = 0; d < directionCount; d++)", Direction);
        }
        else if (Symbols().FirstOrDefault(symbol => symbol.Role == Role.Basis) is { } basis)
        {
            _out.Block($"for (var output = 0; output < {Names.Count(basis.Extent!)}; output++)", () =>
            {
                _out.Line($"MemoryMarshal.CreateSpan(ref basis, {Names.Stride(basis.Extent!)}).Clear();");
                _out.Line("Unsafe.Add(ref basis, output) = 1;");
                Repeated();
            });
        }
    });

    private void Direction()
    {
        _out.Line("var direction = directions.Slice(d * length, length);");
        var symbols = Symbols().Where(IsPerDirection).ToList();
        symbols.ForEach(Declare);
        if (IsSummed)
        {
            SumReferences("d * (sums.Length / directionCount) + target * StorageLength");
        }

        foreach (var matrix in PackedDirections())
        {
            _out.Block($"if ({Transposes(matrix)})", () => TransposeOne(matrix));
        }

        _out.After(text => Everywhere(text, symbols), Repeated);
    }

    private void Repeated()
    {
        Steps(_kernel.Steps.Where(step => step.IsRepeated), "i", "count");
        foreach (var result in _kernel.Results.Where(result => result.IsRepeated))
        {
            Write(result.Result);
        }
    }

    /// <summary>Prints steps; those that only left out results need stand under a condition.</summary>
    private void Steps(IEnumerable<BlockStep> steps, string start, string count)
    {
        var open = "";
        var group = new List<BlockStep>();
        foreach (var step in steps)
        {
            var condition = Condition(step.Target);
            if (condition != open)
            {
                Flush();
                open = condition;
            }

            group.Add(step);
        }

        Flush();

        void Flush()
        {
            if (group.Count == 0)
            {
                return;
            }

            var these = group.ToList();
            group.Clear();
            if (open.Length == 0)
            {
                these.ForEach(step => Print(step, start, count));
            }
            else
            {
                _out.Block($"if ({open})", () => these.ForEach(step => Print(step, start, count)));
            }
        }
    }

    private string Condition(BlockValue value) => value.NeededBy is not { } blocks || blocks.SetEquals(GatedBlocks()) ? ""
        : string.Join(" || ", blocks.OrderBy(block => block).Select(Includes));
}
