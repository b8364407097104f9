using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using InfluenceGen.Generators.Declaration;
using InfluenceGen.Generators.Differentiation;
using InfluenceGen.Generators.Expressions;
using InfluenceGen.Generators.Lowering;
using InfluenceGen.Generators.Simplification;
using InfluenceGen.Generators.Sweeps;

namespace InfluenceGen.Generators.Emission;

/// <summary>
/// Prints a model as one file: first the part of the user's type, in names that mean the same wherever they stand; then the kernels,
/// in a namespace of the library's own, where no name of the user's is looked up.
/// </summary>
internal sealed class ModelEmitter
{
    private const string Kernels = "global::InfluenceGen.Generated.Kernels.";
    private const string Models = "global::InfluenceGen.Models.";

    private readonly ModelSpec _spec;
    private readonly ModelGraph _model;
    private readonly Traits _traits;
    private readonly Sizes _sizes;
    private readonly IReadOnlyList<Kernel> _kernels;
    private readonly OutputLoss? _inLanes;

    private ModelEmitter(ModelSpec spec, ModelGraph model, CancellationToken cancel)
    {
        _spec = spec;
        _model = model;
        _traits = Traits.Of(_model);
        _sizes = new Sizes(_model, _traits);
        _kernels = Stages.Kernels(_model, _traits, cancel);
        _inLanes = OutputLoss.Of(_model, _traits);
    }

    /// <summary>The text of a model's file.</summary>
    public static string Emit(ModelSpec spec, RuleTables rules, CancellationToken cancel = default) =>
        Emit(spec, Families.Graph(spec, rules), cancel);

    /// <summary>The text of the file of a model of any graph.</summary>
    public static string Emit(ModelSpec spec, ModelGraph model, CancellationToken cancel = default)
    {
        var output = new CodeWriter();
        new ModelEmitter(spec, model, cancel).File(output);
        return output.ToString();
    }

    private IEnumerable<Dimension> OpenDimensions => _model.Dimensions.Where(dimension => dimension.IsOpen);

    private bool HasTables => _model.Blocks.Any(block => block.IsTable);

    private IEnumerable<Domain> Domains => _model.Blocks.Select(block => block.Domain).OfType<Domain>().Distinct();

    private string Type => _model.Type;

    private string Name => _spec.Member("Model");

    // ---- the file ------------------------------------------------------------------------------------------------

    private void File(CodeWriter output)
    {
        output.Lines([.. GuestMarks.Header, ""]);
        if (_spec.Namespace.Length > 0)
        {
            output.Block($"namespace {_spec.Namespace}", () => Nest(output, 0));
        }
        else
        {
            Nest(output, 0);
        }

        output.Line();
        output.Block("namespace InfluenceGen.Generated", () =>
        {
            foreach (var name in new[] { "System", "System.Runtime.CompilerServices", "InfluenceGen.Examples", "InfluenceGen.Models", "InfluenceGen.Numerics" })
            {
                output.Line($"using {name};");
            }

            var formulas = new FormulaTable(Type);
            output.After(_ => formulas.Aliases, () => Generated(output, formulas));
        });
    }

    private void Generated(CodeWriter output, FormulaTable formulas)
    {
        output.Lines("",
            $"// {Equations()}",
            "// Names: s output, r its derivative of the loss, y label, c coefficient; v… the rate of change along a direction, u… along another,",
            "// r… what the output's multiplier makes of a value (its adjoint), left… the left example of a pair. Σ is over a segment's examples.");
        output.Line(GuestMarks.Attributes);
        output.Block("file static class Kernels", () =>
        {
            output.Lines([.. _sizes.Constants(), $"private const int TileLength = {Signatures.Invariant(Kernel.TileLengthFor(_model))};",
                $"private const int LongTileLength = {Signatures.Invariant(Kernel.LongTileLength)};",
                $"private const int PairTileLength = {Signatures.Invariant(Kernel.PairTileLength)};",
                $"private const int PanelLength = {Signatures.Invariant(Kernel.PanelLength)};", "",
                $"public static {Type} Baseline({Type} meanLabel) => {(Type == "double" ? _model.Loss.InverseLink : $"({Type})({_model.Loss.InverseLink})")};"]);
            foreach (var kernel in _kernels)
            {
                output.Line();
                KernelPrinter.Print(_model, _traits, kernel, _sizes, formulas, output);
            }

            if (_inLanes is not null)
            {
                output.Lines("", "// Submodels side by side: losses = Σ c loss, gradients = Σ c slope x, hessians = Σ c curvature x xᵀ, where x ends in 1 for a bias.",
                    $"public static void SumInLanes({Signatures.LaneParameters(Type)}) =>",
                    $"    Lanes.Sum<{formulas.NameOf(_inLanes, _model)}, {Type}>({Signatures.Arguments(Signatures.LaneParameters(Type))});");
            }
        });
        formulas.Print(output);
    }

    private string Equations() => $"s = {Formula.Of(_model.Output.Value)}, loss = {Formula.Of(_model.Loss.Value(_model.Output, _model.Label))}"
        + (Algebra.IsZero(_model.Penalty) ? "." : $" + {Formula.Of(_model.Penalty)}.");

    private void Nest(CodeWriter output, int depth)
    {
        if (depth < _spec.Containers.Count)
        {
            output.Block($"partial {_spec.Containers[depth]}", () => Nest(output, depth + 1));
            return;
        }

        output.Lines([.. HoverText.Of(_spec, _model, _kernels.Select(kernel => kernel.Sweep))]);
        output.Block($"partial {_spec.Keyword} {_spec.Name}", () =>
        {
            new FacadeEmitter(_spec, _model, output).Emit();
            output.Lines("", "/// <summary>", "/// " + Documented($"The compiled model: {Equations()}"), "/// </summary>", GuestMarks.Attributes);
            output.Block($"public partial struct {Name} : {Models}IModel<{Type}>", () => Struct(output));
        });
    }

    private static string Documented(string line) => line.Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;");

    // ---- the model -----------------------------------------------------------------------------------------------

    private void Struct(CodeWriter output)
    {
        var parameters = Domains.Select(domain => domain.Name).Concat(OpenDimensions.Select(dimension => dimension.Name)).ToList();
        if (parameters.Count == 0)
        {
            output.Lines($"private static readonly {Models}ParameterLayout __layout = {Layout()};", "",
                "/// <summary>The model; all its sizes are known.</summary>", $"public {Name}()", "{", "}", "");
        }
        else
        {
            output.Line("/// <summary>The model for sizes that the declaration leaves to run time.</summary>");
            foreach (var parameter in parameters)
            {
                output.Line($"/// <param name=\"{parameter}\">The number of {parameter}{(parameter == "rank" ? ": the embeddings' dimension" : "")}.</param>");
            }

            output.Line("/// <exception cref=\"global::System.ArgumentOutOfRangeException\">A size is not positive.</exception>");
            output.Block($"public {Name}({string.Join(", ", parameters.Select(p => "int " + p))})", () =>
            {
                foreach (var parameter in parameters)
                {
                    output.Line($"global::System.ArgumentOutOfRangeException.ThrowIfNegativeOrZero({parameter});");
                }

                output.Line($"Layout = {Layout()};");
            });
            output.Line();
        }

        var asked = _model.AskedDimensions.Select(dimension => dimension.Name).ToList();
        output.Lines("/// <summary>The model for a set of examples, whose sizes it takes.</summary>",
            $"public static {Name} For({string.Join(", ", asked.Select(a => "int " + a).Prepend($"global::InfluenceGen.Examples.ExampleSet<{Type}> examples"))}) => "
                + (parameters.Count == 0 ? "new();" : $"new({string.Join(", ", parameters.Select(SizeFrom))});"), "");
        Member(output, parameters.Count == 0 ? $"public readonly {Models}ParameterLayout Layout => __layout;" : $"public {Models}ParameterLayout Layout {{ get; }}");
        Member(output, $"public readonly int Features => {(_model.Features is { } features ? Length(features) : "0")};");
        // Every member is here: a struct that leaves one to the interface is boxed when it is called.
        Member(output, $"public readonly bool HasWeights => {Boolean(_model.Weight is not null)};");
        Member(output, $"public readonly bool HasOffsets => {Boolean(_model.HasOffset)};");
        Member(output, $"public readonly int Passes => {Signatures.Invariant(_traits.Passes)};");
        Member(output, $"public readonly bool OwnsRows => {Boolean(_traits.OwnsRows)};");
        Member(output, $"public readonly global::InfluenceGen.Examples.LabelDomain Labels => global::InfluenceGen.Examples.LabelDomain.{_model.Loss.Labels};");
        Member(output, $"public readonly string Declaration => \"{_spec.InWords()}\";");
        Member(output, $"public readonly int Outputs => {(_model.Output.Length is { } outputs ? Length(outputs) : "1")};");
        Member(output, $"public readonly int OutputStride => {(_model.Output.Length is null ? "1" : $"global::InfluenceGen.Numerics.Workspace<{Type}>.Stride(Outputs)")};");
        Member(output, $"public readonly bool HasLinearOutputs => {Boolean(_traits.HasLinearOutputs)};");
        Member(output, $"public readonly int LastLayerLength => {(_traits.LastLayer < 0 ? "0" : $"Layout.Blocks[{_traits.LastLayer}].Columns")};");
        Member(output, $"public readonly bool HasLanes => {Boolean(_inLanes is not null)};");
        Member(output, $"public {Models}BlockSet Blocks {{ readonly get; set; }}");
        Member(output, "public readonly int GradientRowLength => Layout.GradientRowLength;");
        Member(output, $"public readonly {Type} Baseline({Type} meanLabel) => {Kernels}Baseline(meanLabel);");
        foreach (var kernels in _kernels.GroupBy(kernel => kernel.Sweep.Method))
        {
            Sweep(output, kernels.Key, [.. kernels]);
        }

        if (_inLanes is not null)
        {
            output.Lines("", "/// <inheritdoc/>");
            var ofLanes = Signatures.LaneParameters(Type);
            output.Block($"public readonly void SumInLanes({Signatures.Qualified(ofLanes)})", () => output.Lines(
                $"{Models}SweepArguments.SumInLanes<{Name}, {Type}>(this, examples);", $"{Kernels}SumInLanes({Signatures.Arguments(ofLanes)});"));
        }

        if (_traits.LastLayer < 0)
        {
            output.Lines("", "/// <inheritdoc/>",
                $"public readonly void LastLayerFeatures({Signatures.QualifiedParameters("LastLayerFeatures", Type)}) =>",
                "    throw new global::System.NotSupportedException(\"No single layer makes this model's outputs, so there are no features of a last layer.\");");
        }

        string SizeFrom(string parameter) => asked.Contains(parameter) ? parameter
            : Domains.FirstOrDefault(domain => domain.Name == parameter) is { } domain ? $"examples.RowCount({domain.Column})"
            : parameter == _model.Output.Length?.Name ? "examples.LabelCount"
            : "examples.FeatureCount";
    }

    private static string Boolean(bool value) => value ? "true" : "false";

    private string Length(Dimension dimension) => dimension.IsOpen ? _sizes.Source(dimension).Replace("layout.", "Layout.") : Signatures.Invariant(dimension.Size);

    private static void Member(CodeWriter output, string text) => output.Lines("", "/// <inheritdoc/>", text);

    private void Sweep(CodeWriter output, string method, IReadOnlyList<Kernel> passes)
    {
        output.Lines("", "/// <inheritdoc/>");
        output.Block($"public readonly void {method}({Signatures.QualifiedParameters(method, Type)})", () =>
        {
            output.Line($"{Models}SweepArguments.{method}<{Name}, {Type}>(this, {Signatures.Arguments(Signatures.Parameters(method, Type))});");
            if (passes.Count == 1)
            {
                output.Line(Call(passes[0]));
                return;
            }

            output.Block("switch (pass)", () =>
            {
                foreach (var kernel in passes)
                {
                    output.Lines($"case {Signatures.Invariant(kernel.Sweep.Pass)}:", $"    {Call(kernel)}", "    break;");
                }
            });
        });

        string Call(Kernel kernel) => $"{Kernels}{Signatures.KernelName(kernel.Sweep, _model, _traits)}({Signatures.KernelArguments(method)});";
    }

    private string Layout() => $"new({Signatures.Invariant(_model.Line)}, [" + string.Join(", ", _model.Blocks.Select(block =>
        $"(\"{block.Name}\", {Shape(block)}, {Signatures.Invariant(_traits.IsByRows ? block.Domain?.Column ?? -1 : -1)}, {Formula.Invariant(block.L2)}, {Boolean(block.IsBias)})")) + "])"
        + (_traits.IsByRows || _traits.Columns.Count == 0 ? "" : $" {{ IndexRows = [{string.Join(", ", Enumerable.Range(0, _traits.Columns[_traits.Columns.Count - 1] + 1).Select(RowsOf))}] }}");

    /// <summary>Rows and columns of a block in storage. Numbers of a table lie packed: by rows the layout does it, else they are one row.</summary>
    private string Shape(Block block) => (block.Columns, block.IsTable) switch
    {
        ({ } columns, _) => $"{Rows(block)}, {Size(columns)}",
        (null, false) => "1, 1",
        _ => _traits.IsByRows ? $"{Rows(block)}, 0" : $"1, {Rows(block)}",
    };

    /// <summary>How many rows the tables have that a column names rows of; 0 where nobody reads it.</summary>
    private string RowsOf(int column) =>
        _model.Leaves.FirstOrDefault(leaf => leaf.IsLaidOut && leaf.Column == column) is { } leaf ? Rows(_model.Blocks[leaf.Slot]) : "0";

    private static string Rows(Block block) => block.Domain is { } domain ? domain.Name : block.Height is null ? "1" : Size(block.Height);

    private static string Size(Dimension dimension) => dimension.IsOpen ? dimension.Name : Signatures.Invariant(dimension.Size);
}
