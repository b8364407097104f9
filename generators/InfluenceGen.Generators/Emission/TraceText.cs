using System.Collections.Generic;
using System.Linq;
using System.Threading;
using InfluenceGen.Generators.Declaration;
using InfluenceGen.Generators.Differentiation;
using InfluenceGen.Generators.Expressions;
using InfluenceGen.Generators.Lowering;
using InfluenceGen.Generators.Sweeps;

namespace InfluenceGen.Generators.Emission;

/// <summary>
/// What each stage makes of a model, as text for whoever works on the compiler or doubts it: the graph's nodes, each sweep's formulas,
/// each kernel's values, steps and outputs. Printed in comments where the project sets <c>InfluenceGenTrace</c>.
/// </summary>
internal static class TraceText
{
    /// <summary>The file's text.</summary>
    public static string Of(ModelSpec spec, RuleTables rules, CancellationToken cancel = default)
    {
        var output = new CodeWriter();
        output.Lines([.. GuestMarks.Header]);
        foreach (var line in Lines(Families.Graph(spec, rules), cancel))
        {
            output.Line(line.Length == 0 ? "//" : "// " + line);
        }

        return output.ToString();
    }

    /// <summary>The stages of a graph, line by line.</summary>
    public static IEnumerable<string> Lines(ModelGraph model, CancellationToken cancel = default)
    {
        yield return "Graph";
        foreach (var block in model.Blocks)
        {
            var shape = new Shape(block.Columns, block.Height);
            yield return $"    parameters {block.Name}: {(block.Domain is { } domain ? $"table of {domain.Name}, by index column {Formula.Invariant(domain.Column)}, of rows: " : "")}{shape}";
        }

        foreach (var line in Nodes([model.Output, model.Penalty]))
        {
            yield return line;
        }

        foreach (var kernel in Stages.Kernels(model, Traits.Of(model), cancel))
        {
            var sweep = kernel.Sweep;
            yield return "";
            yield return $"Sweep {sweep.Method}, pass {Formula.Invariant(sweep.Pass)}{(sweep.Repeats is { } role ? $", for each {role}" : "")}";
            foreach (var result in sweep.Results)
            {
                foreach (var part in result.Parts)
                {
                    yield return $"    {result.Kind} {result.Target}{Where(result, part)} = {Formula.Of(part.Value, Name)}";
                }
            }

            foreach (var named in ModelGraph.Reached(sweep.Values).OfType<Named>())
            {
                yield return $"    {named.Name} = {Formula.Of(named.Value)}";
            }

            yield return $"Kernel {sweep.Method}, pass {Formula.Invariant(sweep.Pass)}, {Formula.Invariant(kernel.Length)} examples at a time";
            foreach (var value in kernel.Values)
            {
                yield return $"    {Of(value)}: {value.Shape}, {value.Level}, {value.Access}{(value.IsScratch ? ", scratch" : "")} = {Formula.Of(value.Meaning)}";
            }

            foreach (var step in kernel.Steps)
            {
                yield return $"    {Of(step.Target)} {(step is ProductStep ? "+=" : "=")} {Kind(step, nameof(Lowering.Step))}({string.Join(", ", step.Reads.Select(Of))})"
                    + (step is MapStep map ? ": " + Formula.Of(map.Formula) : "");
            }

            foreach (var written in kernel.Outputs)
            {
                yield return $"    {written.Result.Target}: {Kind(written, "Output")}({string.Join(", ", written.Reads.Select(Of))})";
            }
        }

        string Where(SweepResult result, ResultPart part) => (result.Block >= 0 ? "." + model.Blocks[result.Block].Name : "")
            + (part.Column >= 0 ? $"[{Formula.Invariant(part.Column)}]" : "");
    }

    private static IEnumerable<string> Nodes(IEnumerable<Expression> of) =>
        ModelGraph.Reached(of).Select(node => $"    #{Formula.Invariant(node.Id)} {node.GetType().Name}: {node.Shape} = {(node is Named named ? $"{named.Name} = #{Formula.Invariant(named.Value.Id)}" : node.ToString())}");

    private static string? Name(Expression part) => (part as Named)?.Name;

    private static string Of(Value value) => value.Hint + "%" + Formula.Invariant(value.Number);

    private static string Kind(object part, string ending)
    {
        var name = part.GetType().Name;
        return name.EndsWith(ending, System.StringComparison.Ordinal) ? name.Substring(0, name.Length - ending.Length) : name;
    }
}
