using System.Numerics;
using InfluenceGen.Examples;
using InfluenceGen.Generators.Declaration;
using InfluenceGen.Generators.Emission;
using InfluenceGen.Generators.Expressions;
using InfluenceGen.Generators.Simplification;
using InfluenceGen.Generators.Sweeps;
using InfluenceGen.Numerics;

namespace InfluenceGen.Generators.Tests.Graphs;

/// <summary>A graph to be compiled and checked.</summary>
/// <param name="Name">The name of the type that it is compiled into.</param>
/// <param name="Model">The graph.</param>
/// <param name="Sizes">How long its dimensions are, open ones too.</param>
/// <param name="Rows">Of each index column the rows of its tables.</param>
internal sealed record GraphCase(string Name, ModelGraph Model, IReadOnlyDictionary<Dimension, int> Sizes, int[] Rows)
{
    /// <summary>How many examples it is checked on.</summary>
    public int Count { get; init; } = 9;

    public Traits Traits { get; } = Traits.Of(Model);

    /// <summary>Whether it computes in single precision.</summary>
    public bool IsSingle => Model.Type == "float";

    /// <summary>The text of its file.</summary>
    public string Emit() => "#pragma warning disable\nnamespace Graphs { public partial class " + Name + "; }\n" + ModelEmitter.Emit(new ModelSpec(Name, "Graphs", new([]), "class", Name,
        default, null, Model.Loss.Name, Rank: 0, L2: 0, RegularisesBias: false, IsSingle, new([]), null, null), Model);

    /// <summary>The arguments of the model's constructor.</summary>
    public object[] Arguments() => [.. Model.Blocks.Select(block => block.Domain).OfType<Domain>().Distinct().Select(domain => (object)Rows[domain.Column]),
        .. Model.Dimensions.Where(dimension => dimension.IsOpen).Select(dimension => (object)Sizes[dimension])];

    /// <summary>Examples at random: labels that the loss takes, every row named, pairs of rows that differ where examples are ratings.</summary>
    public ExampleSet<T> Examples<T>(int seed) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var draw = new RandomSource(seed);
        // Numbers that both precisions have.
        double[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => (double)(float)draw.NextGaussian())];
        var outputs = Model.Output.Length is { } length ? Sizes[length] : 1;
        var count = Traits.IsByRows ? Math.Min(Count, Rows[0] * Rows[1]) : Count;
        var labels = Draw(count * outputs);
        switch (Model.Loss.Labels)
        {
            case "Binary":
                labels = [.. labels.Select(y => y > 0 ? 1.0 : 0)];
                break;
            case "NonNegative":
                labels = [.. labels.Select(y => Math.Round(Math.Abs(2 * y)))];
                break;
            case "Distribution":
                labels = [.. labels.Chunk(outputs).SelectMany(row => row.Select((_, k) => k == Array.IndexOf(row, row.Max()) ? 1.0 : 0))];
                break;
        }

        double[] weights = Model.Weight is null ? [] : [.. Draw(count).Select(w => (double)(float)(w * w + 0.125))];
        double[] offsets = Model.HasOffset ? Draw(count) : [];
        if (Traits.IsByRows)
        {
            // Pairs in an order that visits every row.
            var pairs = Enumerable.Range(0, Rows[0] * Rows[1]).Select(k => (User: k % Rows[0], Item: (k + k / Math.Max(Rows[0], Rows[1])) % Rows[1]))
                .Distinct().Take(count).ToArray();
            (labels, weights, offsets) = (labels[..pairs.Length], Model.Weight is null ? [] : weights[..pairs.Length], Model.HasOffset ? offsets[..pairs.Length] : []);
            return ExampleSet<T>.FromRatings([.. pairs.Select(p => p.User)], [.. pairs.Select(p => p.Item)], Of(labels), Rows[0], Rows[1], weights: Of(weights), offsets: Of(offsets));
        }

        var features = Model.Features is { } dimension ? Sizes[dimension] : 0;
        return Rows.Length == 0
            ? ExampleSet<T>.FromFeatures(Of(Draw(count * features)), features, Of(labels), outputs, weights: Of(weights), offsets: Of(offsets))
            : ExampleSet<T>.FromColumns(Of(Draw(count * features)), features,
                [.. Rows.Select((rows, column) => Enumerable.Range(0, count).Select(i => (i * (column + 1) + i / rows) % rows).ToArray())], Rows, Of(labels), outputs,
                weights: Of(weights), offsets: Of(offsets));

        static T[] Of(double[] numbers) => [.. numbers.Select(T.CreateChecked)];
    }

    public override string ToString() => $"{Name}: s = {Formula.Of(Model.Output.Value)}, {Model.Loss.Name}"
        + (Algebra.IsZero(Model.Penalty) ? "" : ", penalty " + Formula.Of(Model.Penalty))
        + $"; blocks {string.Join(", ", Model.Blocks.Select(block => $"{block.Name} {(block.IsTable ? "table by " + block.Domain!.Column + " of " : "")}{new Shape(block.Columns, block.Height)}"))}"
        + $"; sizes {string.Join(", ", Sizes.Select(size => $"{size.Key.Name}{(size.Key.IsOpen ? " (open)" : "")} {size.Value}"))}; {Count} examples"
        + (Traits.IsByRows ? ", by rows" : "") + (Traits.OwnsRows ? ", owned" : "") + (Model.Weight is null ? "" : ", weighted") + (Model.HasOffset ? ", offset" : "") + (IsSingle ? ", single" : "");
}
