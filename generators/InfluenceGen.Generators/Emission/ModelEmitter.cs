using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using InfluenceGen.Generators.Declaration;
using InfluenceGen.Generators.Differentiation;
using InfluenceGen.Generators.Expressions;
using InfluenceGen.Generators.Lowering;

namespace InfluenceGen.Generators.Emission;

/// <summary>A generated file: what is added to the model's name, and its text.</summary>
internal sealed record GeneratedFile(string Suffix, string Text);

/// <summary>
/// Prints a model: one file with the struct that implements <c>IModel</c> and what users call, and one file of kernels
/// for each vector width.
/// </summary>
internal sealed class ModelEmitter
{
    private static readonly int[] _widths = [512, 256];

    private readonly ModelSpec _spec;
    private readonly ModelGraph _model;
    private readonly IReadOnlyList<Sweep> _sweeps;

    private ModelEmitter(ModelSpec spec, RuleTables rules)
    {
        _spec = spec;
        _model = Families.Graph(spec, rules);
        _sweeps = Sweeps.Of(_model);
    }

    public static IReadOnlyList<GeneratedFile> Emit(ModelSpec spec, RuleTables rules)
    {
        var emitter = new ModelEmitter(spec, rules);
        return _widths.Select(emitter.Kernels).Prepend(emitter.Model()).ToList();
    }

    private IEnumerable<Dimension> OpenDimensions => _model.Dimensions.Where(dimension => dimension.IsOpen);

    private bool HasTables => _model.Tables > 0;

    /// <summary>Whether some sweep takes blocks of examples.</summary>
    private bool HasBlocks => _sweeps.Any(sweep => BlockLowerer.Suits(_model, sweep));

    /// <summary>Whether every block's place in storage is known when the model is compiled.</summary>
    private bool IsFixed => !HasTables && !OpenDimensions.Any();

    // ---- files ---------------------------------------------------------------------------------------------------

    private GeneratedFile Kernels(int bits) => File(Signatures.Invariant(bits), [
        .. HasBlocks ? new[] { "System.Numerics.Tensors" } : [],
        "System.Runtime.CompilerServices", "System.Runtime.InteropServices", "System.Runtime.Intrinsics",
        "InfluenceGen.Examples", .. HasBlocks ? new[] { "InfluenceGen.Models" } : [], "InfluenceGen.Numerics"],
        [$"Lanes = System.Runtime.Intrinsics.Vector{bits}", $"Vec = System.Runtime.Intrinsics.Vector{bits}<{_model.Type}>"],
        output => output.Block($"partial {_spec.Keyword} {_spec.Name}", () =>
            output.Block("public partial struct Model", () =>
            {
                for (var i = 0; i < _sweeps.Count; i++)
                {
                    if (i > 0)
                    {
                        output.Line();
                    }

                    var lanes = bits / (_model.Type == "float" ? 32 : 64);
                    if (BlockLowerer.Suits(_model, _sweeps[i]))
                    {
                        BlockEmitter.Emit(_model, _sweeps[i], lanes, output);
                    }
                    else
                    {
                        KernelEmitter.Emit(_model, Lowerer.Lower(_model, _sweeps[i], lanes), output);
                    }
                }
            })));

    private GeneratedFile Model() => File("", [
        "System.Collections.Generic", "System.Globalization", "System.Runtime.Intrinsics", "InfluenceGen.Examples",
        "InfluenceGen.Models", "InfluenceGen.Numerics", "InfluenceGen.Reciprocity", "InfluenceGen.Training"], [],
        output => output.Block($"partial {_spec.Keyword} {_spec.Name}", () =>
        {
            new FacadeEmitter(_spec, _model, output).Emit();
            output.Line();
            Documented(output, [
                $"The compiled model: {_model.Output.Name} = {Formula.Of(_model.Output.Value)}, "
                    + $"loss = {Formula.Of(_model.Loss.Value(_model.Output, _model.Label))}"
                    + (Simplification.Algebra.IsZero(_model.Penalty) ? "." : $" + {Formula.Of(_model.Penalty)}."),
            ]);
            output.Block($"public partial struct Model : IModel<{_model.Type}>", () =>
            {
                Layout(output);
                foreach (var sweeps in _sweeps.GroupBy(sweep => sweep.Method))
                {
                    output.Line();
                    Dispatch(output, sweeps.Key, sweeps.ToList());
                }

                if (_model.LastLayer < 0)
                {
                    output.Lines("", "/// <inheritdoc/>",
                        $"public readonly void LastLayerFeatures({Signatures.Parameters("LastLayerFeatures", _model.Type)}) =>",
                        "    throw new NotSupportedException(\"No single layer makes this model's outputs, so there are no features of a last layer.\");");
                }

                output.Line();
                Checks(output);
            });
        }));

    private GeneratedFile File(string width, IEnumerable<string> usings, IEnumerable<string> aliases, Action<CodeWriter> body)
    {
        var output = new CodeWriter();
        output.Lines(
            "// <auto-generated/>",
            width.Length == 0
                ? $"// {_spec.Name}: its layout, its sweeps and what users call. The kernels are in the files beside this one."
                : $"// {_spec.Name}: kernels for vectors of {width} bits. Names in comments: {Legend()}",
            "#nullable enable",
            "");
        foreach (var name in usings.Prepend("System"))
        {
            output.Line($"using {name};");
        }

        foreach (var alias in aliases)
        {
            output.Line($"using {alias};");
        }

        output.Line();
        if (_spec.Namespace.Length > 0)
        {
            output.Line($"namespace {_spec.Namespace};");
            output.Line();
        }

        Nest(output, 0, body);
        return new GeneratedFile(width, output.ToString());
    }

    private void Nest(CodeWriter output, int depth, Action<CodeWriter> body)
    {
        if (depth == _spec.Containers.Count)
        {
            body(output);
        }
        else
        {
            output.Block($"partial {_spec.Containers[depth]}", () => Nest(output, depth + 1, body));
        }
    }

    private string Legend() => string.Join(", ", new[]
    {
        "s output", "r its derivative of the loss", "y label", "c coefficient", "v… direction", "…' the left of a pair",
    }) + ".";

    // ---- layout --------------------------------------------------------------------------------------------------

    private void Layout(CodeWriter output)
    {
        foreach (var dimension in _model.Dimensions)
        {
            if (dimension.IsOpen)
            {
                if (HasBlocks)
                {
                    output.Line($"private readonly int _{dimension.Name};");
                }

                output.Line($"private readonly int _{Names.Stride(dimension)};");
            }
        }

        if (HasBlocks)
        {
            output.Lines($"private const int BlockLength = {BlockKernel.LengthFor(_model)};", $"private const int LeftLength = {BlockKernel.Length};",
                $"private const int TileLength = {BlockKernel.TileLength};",
                $"private const int PanelLength = {BlockKernel.PanelLength};", $"private const int PanelStride = {BlockKernel.PanelStride};");
        }

        if (IsFixed)
        {
            output.Line($"private static readonly ParameterLayout _layout = {LayoutOf()};");
            var offset = 0;
            foreach (var block in _model.Blocks)
            {
                output.Line($"private const int {Names.Offset(block)} = {offset};");
                offset += StorageOf(block);
            }

            output.Line($"private const int StorageLength = {offset};");
        }

        var rowOffset = 0;
        if (!OpenDimensions.Any())
        {
            foreach (var block in _model.Blocks)
            {
                output.Line($"private const int {Names.RowOffset(block)} = {rowOffset};");
                rowOffset += StorageOf(block);
            }
        }

        output.Line();
        Constructor(output);
        output.Line();
        output.Line("/// <inheritdoc/>");
        output.Line(IsFixed ? "public readonly ParameterLayout Layout => _layout;" : "public ParameterLayout Layout { get; }");
        output.Line();
        output.Lines("/// <inheritdoc/>", $"public readonly int Passes => {_model.Passes};", "");
        output.Lines("/// <inheritdoc/>", $"public readonly bool OwnsRows => {(_model.OwnsRows ? "true" : "false")};", "");
        output.Lines("/// <inheritdoc/>", $"public readonly LabelDomain Labels => LabelDomain.{_model.Loss.Labels};", "");
        output.Lines("/// <inheritdoc/>", $"public readonly string Declaration => \"{_spec.InWords()}\";", "");
        output.Lines("/// <inheritdoc/>", $"public readonly int Outputs => {Outputs};", "");
        output.Lines("/// <inheritdoc/>", $"public readonly int OutputStride => {OutputStride};", "");
        output.Lines("/// <inheritdoc/>", $"public readonly bool HasLinearOutputs => {(Sweeps.HasLinearOutputs(_model) ? "true" : "false")};", "");
        output.Lines("/// <inheritdoc/>", $"public readonly int LastLayerLength => {LastLayerLength()};", "");
        output.Lines("/// <inheritdoc/>", "public BlockSet Blocks { readonly get; set; }", "");
        output.Lines("/// <inheritdoc/>", !OpenDimensions.Any()
            ? $"public readonly int GradientRowLength => {rowOffset};"
            : "public int GradientRowLength { get; }", "");
        if (!IsFixed)
        {
            if (!HasTables)
            {
                output.Lines("private int StorageLength { get; }", "");
            }

            foreach (var block in _model.Blocks)
            {
                output.Lines($"private int {Names.Offset(block)} {{ get; }}", "");
                if (OpenDimensions.Any())
                {
                    output.Lines($"private int {Names.RowOffset(block)} {{ get; }}", "");
                }
            }
        }

        output.Lines("/// <inheritdoc/>", $"public readonly {_model.Type} Baseline({_model.Type} meanLabel) => {(_model.Type == "double" ? _model.Loss.InverseLink : $"({_model.Type})({_model.Loss.InverseLink})")};");
    }

    private void Constructor(CodeWriter output)
    {
        var parameters = _model.Blocks.Where(block => block.IsTable).Select(RowsName)
            .Concat(OpenDimensions.Select(dimension => dimension.Name)).ToList();
        if (parameters.Count == 0)
        {
            output.Lines("/// <summary>The model; all its sizes are known.</summary>", "public Model()", "{", "}");
        }
        else
        {
            output.Line("/// <summary>The model for sizes that the declaration leaves to run time.</summary>");
            foreach (var parameter in parameters)
            {
                output.Line($"/// <param name=\"{parameter}\">The number of {parameter}{(parameter == "rank" ? ": the embeddings' dimension" : "")}.</param>");
            }

            output.Line("/// <exception cref=\"ArgumentOutOfRangeException\">A size is not positive.</exception>");
            output.Block($"public Model({string.Join(", ", parameters.Select(p => "int " + p))})", () =>
            {
                foreach (var parameter in parameters)
                {
                    output.Line($"ArgumentOutOfRangeException.ThrowIfNegativeOrZero({parameter});");
                }

                output.Line($"Layout = {LayoutOf()};");
                foreach (var dimension in OpenDimensions)
                {
                    if (HasBlocks)
                    {
                        output.Line($"_{dimension.Name} = {dimension.Name};");
                    }

                    output.Line($"_{Names.Stride(dimension)} = ParameterLayout.RoundUp({dimension.Name}{(_model.Line == 8 ? "" : $", {_model.Line}")});");
                }

                if (!HasTables)
                {
                    output.Line("StorageLength = Layout.StorageLength;");
                }

                for (var i = 0; i < _model.Blocks.Count; i++)
                {
                    var block = _model.Blocks[i];
                    output.Line($"{Names.Offset(block)} = Layout.Blocks[{i}].Offset;");
                    if (OpenDimensions.Any())
                    {
                        output.Line($"{Names.RowOffset(block)} = GradientRowLength;");
                        output.Line($"GradientRowLength += Layout.Blocks[{i}].{(block.IsTable ? "Stride" : "StorageLength")};");
                    }
                }
            });
        }

        output.Line();
        var asked = OpenDimensions.Where(_ => HasTables).Select(dimension => dimension.Name).ToList();
        output.Line("/// <summary>The model for a set of examples, whose sizes it takes.</summary>");
        output.Line($"public static Model For({string.Join(", ", asked.Select(a => "int " + a).Prepend($"ExampleSet<{_model.Type}> examples"))}) => "
            + (parameters.Count == 0 ? "new();" : $"new({string.Join(", ", parameters.Select(SizeFrom))});"));

        string SizeFrom(string parameter) => asked.Contains(parameter) ? parameter
            : _model.Blocks.FirstOrDefault(block => block.IsTable && RowsName(block) == parameter) is { } block
                ? $"examples.RowCount({block.RowIndex})"
            : parameter == _model.Output.Length?.Name ? "examples.LabelCount"
            : "examples.FeatureCount";
    }

    private string LayoutOf() => $"new({_model.Line}, " + string.Join(", ", _model.Blocks.Select(block =>
        $"(\"{block.Name}\", {Rows(block)}, {Columns(block)}, {Signatures.Invariant(block.RowIndex)}, {block.L2.ToString("R", CultureInfo.InvariantCulture)}, {(block.IsBias ? "true" : "false")})")) + ")";

    private static string Rows(Block block) => block.IsTable ? RowsName(block) : block.Height is null ? "1" : Size(block.Height);

    private static string Columns(Block block) => block.Columns is null ? "1" : Size(block.Columns);

    private static string Size(Dimension dimension) => dimension.IsOpen ? dimension.Name : Signatures.Invariant(dimension.Size);

    private static string RowsName(Block block) => block.RowIndex == 0 ? "users" : "items";

    /// <summary>What a block, or of a table one row, takes in storage.</summary>
    private int StorageOf(Block block) =>
        (block.Columns is null ? _model.Line : _model.StrideOf(block.Columns)) * (block.Height?.Size ?? 1);

    private string Outputs => _model.Output.Length is not { } length ? "1" : length.IsOpen ? "_" + length.Name : Signatures.Invariant(length.Size);

    private string OutputStride => _model.Output.Length is not { } length ? "1"
        : length.IsOpen ? "_" + Names.Stride(length) : Signatures.Invariant(_model.StrideOf(length));

    // ---- sweeps --------------------------------------------------------------------------------------------------

    private void Dispatch(CodeWriter output, string method, IReadOnlyList<Sweep> passes)
    {
        var parameters = Signatures.Parameters(method, _model.Type);
        var arguments = Signatures.Arguments(parameters);
        var hasPasses = Signatures.HasPasses(method);
        output.Line("/// <inheritdoc/>");
        if (Signatures.HasDirections(method))
        {
            parameters = parameters.Replace("direction", "directions");
        }

        output.Block($"public readonly void {method}({(hasPasses ? "int pass, " : "")}{parameters})", () =>
        {
            foreach (var line in Requirements(method, hasPasses ? "pass" : "0"))
            {
                output.Line(line);
            }

            if (Signatures.HasDirections(method) && !BlockLowerer.Suits(_model, passes[0]))
            {
                var target = Signatures.TargetOfDirections(method);
                output.Lines(
                    "var length = Layout.StorageLength;",
                    "var count = directions.Length / length;",
                    $"var part = count == 0 ? 0 : {target}.Length / count;");
            }

            if (passes.Count == 1)
            {
                Choose(passes[0]);
                return;
            }

            output.Block("switch (pass)", () =>
            {
                foreach (var sweep in passes)
                {
                    output.Line($"case {sweep.Pass}:");
                    output.Indent(() =>
                    {
                        Choose(sweep);
                        output.Line("break;");
                    });
                }
            });
        });

        void Choose(Sweep sweep)
        {
            var kernel = Signatures.KernelName(sweep, _model);
            if (Signatures.HasDirections(method) && BlockLowerer.Suits(_model, sweep))
            {
                Choose512(kernel, arguments.Replace("direction", "directions"));
                return;
            }

            if (Signatures.HasDirections(method))
            {
                var target = Signatures.TargetOfDirections(method);
                var own = arguments.Replace("direction", "directions.Slice(k * length, length)")
                    .Replace(target, $"{target}.Slice(k * part, part)");
                output.Block("for (var k = 0; k < count; k++)", () => Choose512(kernel, own));
                return;
            }

            Choose512(kernel, arguments);
        }

        void Choose512(string kernel, string own) => output.Lines(
            "if (Vector512.IsHardwareAccelerated)", "{", $"    {kernel}512({own});", "}",
            "else", "{", $"    {kernel}256({own});", "}");
    }

    private string LastLayerLength() => _model.LastLayer < 0 ? "0" : $"Layout.Blocks[{_model.LastLayer}].Columns";

    private IEnumerable<string> Requirements(string method, string pass)
    {
        string Need(string span, string length) => $"SweepArguments.Require({span}.Length, {length}, nameof({span}));";

        if (Signatures.HasPasses(method))
        {
            yield return "SweepArguments.RequirePass(pass, Passes);";
        }

        if (method == "GradientGram")
        {
            yield return $"RequireExamples(left, {pass}, first, last);";
            yield return $"RequireExamples(right, {pass}, 0, 0);";
            yield return Need("weights", "Layout.StorageLength");
            yield return Need("leftOutputGradients", PerOutput("left.Count"));
            yield return Need("rightOutputGradients", PerOutput("right.Count"));
            yield return Need("gram", "(long)left.Count * right.Count");
            if (HasTables)
            {
                yield return "SweepArguments.RequireEveryRow(right, pass, Layout.Blocks[pass].Rows, nameof(right));";
            }

            yield break;
        }

        yield return $"RequireExamples(examples, {pass}, first, last);";
        yield return Need("weights", "Layout.StorageLength");
        var parameters = Signatures.Parameters(method, _model.Type);
        if (parameters.Contains(" coefficients"))
        {
            yield return "SweepArguments.Require(coefficients.Length, coefficients.IsEmpty ? 0 : examples.Count, nameof(coefficients));";
        }

        if (Signatures.HasDirections(method))
        {
            yield return "SweepArguments.RequireDirections(directions.Length, Layout);";
        }
        else if (parameters.Contains(" direction"))
        {
            yield return Need("direction", "Layout.StorageLength");
        }

        if (parameters.Contains(" other"))
        {
            yield return Need("other", "Layout.StorageLength");
        }

        foreach (var span in new[] { "losses", "norms" })
        {
            if (parameters.Contains(" " + span))
            {
                yield return Need(span, "examples.Count");
            }
        }

        foreach (var span in new[] { "outputs", "outputGradients", "outputHessians", "cotangents" })
        {
            if (parameters.Contains(" " + span))
            {
                yield return Need(span, PerOutput("examples.Count") + (span == "outputHessians" && !_model.Output.IsScalar ? " * Outputs" : ""));
            }
        }

        if (parameters.Contains(" dots"))
        {
            yield return Need("dots", Signatures.HasDirections(method)
                ? (method == "OutputDot" ? PerOutput("(long)examples.Count") : "(long)examples.Count") + " * (directions.Length / Layout.StorageLength)"
                : "examples.Count");
        }

        if (parameters.Contains(" layerFeatures"))
        {
            yield return Need("layerFeatures", $"(long)examples.Count * Layout.Blocks[{_model.LastLayer}].Stride");
        }

        if (parameters.Contains(" rows"))
        {
            yield return Need("rows", "(long)examples.Count * GradientRowLength");
        }

        if (parameters.Contains(" sums"))
        {
            var each = Signatures.HasDirections(method) ? "(directions.Length / Layout.StorageLength) * " : "";
            yield return Need("sums", each + (HasTables
                ? $"(long)examples.SegmentsOf({pass}).TargetRows * Layout.Blocks[{pass}].Stride"
                : "(long)examples.SegmentsOf(0).TargetRows * Layout.StorageLength"));
        }

        if (parameters.Contains(" flows"))
        {
            yield return Need("flows", _model.OwnsRows ? "examples.SegmentsOf(0).TargetRows" : "examples.Count");
        }
    }

    private string PerOutput(string count) => _model.Output.IsScalar ? count
        : (count.StartsWith("(long)", StringComparison.Ordinal) ? "" : "(long)") + count + " * OutputStride";

    private void Checks(CodeWriter output)
    {
        var header = $"private readonly void RequireExamples(ExampleSet<{_model.Type}> examples, int pass, int first, int last)";
        if (HasTables)
        {
            output.Line(header + " => SweepArguments.RequireRows(examples, Layout, pass, first, last);");
            return;
        }

        output.Block(header, () => output.Lines(
            "SweepArguments.RequireFeatures(examples, Layout.Blocks[0].Columns, first, last);",
            "SweepArguments.RequireLabels(examples, Outputs);"));
    }

    private static void Documented(CodeWriter output, IEnumerable<string> lines)
    {
        output.Line("/// <summary>");
        foreach (var line in lines)
        {
            output.Line("/// " + line.Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;"));
        }

        output.Line("/// </summary>");
    }
}
