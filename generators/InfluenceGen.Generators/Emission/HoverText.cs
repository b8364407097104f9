using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using InfluenceGen.Generators.Declaration;
using InfluenceGen.Generators.Expressions;
using InfluenceGen.Generators.Simplification;
using InfluenceGen.Generators.Sweeps;

namespace InfluenceGen.Generators.Emission;

/// <summary>
/// What an editor shows where somebody points at his own type: the formula, the number of parameters, the gradient and how it is derived.
/// The compiler puts it behind what the user has written there himself.
/// </summary>
internal static class HoverText
{
    /// <summary>The most steps of a derivation that are shown: those of the first and of the last layers.</summary>
    private const int MostSteps = 12;

    /// <summary>The documentation of the generated part of a type.</summary>
    public static IEnumerable<string> Of(ModelSpec spec, ModelGraph model, IEnumerable<Sweep> sweeps)
    {
        var loss = model.Weighted(Algebra.Add(model.Loss.Value(model.Output, model.Label), model.Penalty));
        var gradients = sweeps.First(sweep => sweep.Method == "Gradients").Results;
        if (!spec.HasSummary)
        {
            yield return $"/// <summary>The model s = {Escaped(Formula.Of(model.Output.Value))}.</summary>";
        }

        yield return "/// <remarks>";
        yield return Paragraph("Output", Steps([model.Output]));
        yield return Paragraph("Loss of an example", [.. Steps([loss], except: [model.Output]), Formula.Of(loss)]);
        if (Objective(model) is { Length: > 0 } objective)
        {
            yield return Paragraph("Penalty of the objective", [objective]);
        }

        yield return Paragraph("Parameters", [Count(model)]);
        yield return Paragraph("Gradient", [
            .. Steps(gradients.SelectMany(result => result.Parts).Select(part => part.Value), except: [model.Output, loss]),
            .. gradients.SelectMany(result => result.Parts.Select(part =>
                $"∂loss/∂{model.ParametersOf(result.Block).First(row => row.Column == part.Column).Name} = {Formula.Of(part.Value)}"))]);
        yield return "/// </remarks>";
    }

    private static string Paragraph(string title, IEnumerable<string> lines)
    {
        var all = lines.ToList();
        if (all.Count > MostSteps)
        {
            all = [.. all.Take(MostSteps / 2), "…", .. all.Skip(all.Count - MostSteps / 2)];
        }

        return $"/// <para>{title}: {Escaped(string.Join("; ", all))}.</para>";
    }

    /// <summary>The values that have names, each below those it is made of.</summary>
    private static IEnumerable<string> Steps(IEnumerable<Expression> values, IEnumerable<Expression>? except = null) =>
        ModelGraph.Reached(values).Except(ModelGraph.Reached(except ?? [])).OfType<Named>().Select(named => $"{named.Name} = {Formula.Of(named.Value)}");

    /// <summary>What the objective adds to the mean loss: λ/2 times the square of the length of each block it bears on.</summary>
    private static string Objective(ModelGraph model) => string.Join(" + ", model.Blocks.Where(block => block.L2 > 0)
        .Select(block => $"{(block.L2 / 2).ToString("R", CultureInfo.InvariantCulture)} |{block.Name}|²"));

    /// <summary>The number of parameters if it is known, and what it is made of.</summary>
    private static string Count(ModelGraph model)
    {
        var sizes = model.Blocks.Select(block => new[] { Rows(block), Size(block.Columns) }.Where(size => size != "1").ToList()).ToList();
        var parts = string.Join(" + ", sizes.Select((factors, block) =>
            $"{(factors.Count == 0 ? "1" : string.Join(" × ", factors))} ({model.Blocks[block].Name})"));
        return model.Blocks.Any(block => block.IsTable || block.Columns is { IsOpen: true } || block.Height is { IsOpen: true })
            ? parts
            : model.Blocks.Sum(block => (long)(block.Height?.Size ?? 1) * (block.Columns?.Size ?? 1)).ToString(CultureInfo.InvariantCulture) + " = " + parts;

        static string Rows(Block block) => block.Domain?.Name ?? Size(block.Height);

        static string Size(Dimension? dimension) => dimension is null ? "1"
            : dimension.IsOpen ? dimension.Name
            : dimension.Size.ToString(CultureInfo.InvariantCulture);
    }

    private static string Escaped(string text) => text.Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;");
}
