using System.Numerics;
using InfluenceGen.Examples;

namespace InfluenceGen.Training;

/// <summary>Checksums by which a set of examples is known again, apart for what can differ alone.</summary>
/// <param name="Data">Of the sizes, the features on their lines, the labels, weights and offsets where there are some, and of each table the rows that examples name.</param>
/// <param name="Penalty">Of the rows' shares of a decomposed penalty.</param>
/// <param name="Individuals">Of each example's individual and the individuals' names.</param>
/// <param name="Names">Of the names of features and items.</param>
internal readonly record struct SetFingerprint(uint Data, uint Penalty, uint Individuals, uint Names)
{
    /// <summary>The fingerprint of a set.</summary>
    public static SetFingerprint Of<T>(ExampleSet<T> set) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (data, penalty, individuals, names) = (new Checksum(), new Checksum(), new Checksum(), new Checksum());
        data.Add<int>([set.Count, set.FeatureCount, set.LabelCount, set.TableCount]);
        data.Add(set.Features);
        data.Add(set.Labels);
        if (!set.Weights.IsEmpty || !set.Offsets.IsEmpty)
        {
            data.Add<int>([set.Weights.Length, set.Offsets.Length]);
            data.Add(set.Weights);
            data.Add(set.Offsets);
        }

        for (var table = 0; table < set.TableCount; table++)
        {
            data.Add<int>([set.RowCount(table)]);
            data.Add(set.Index(table));
            penalty.Add(set.RowShares(table));
        }

        individuals.Add(set.IndividualOf);
        for (var code = 0; code < set.Individuals.Count; code++)
        {
            Add(ref individuals, set.Individuals[code]);
        }

        foreach (var name in set.FeatureNames)
        {
            Add(ref names, name);
        }

        names.Add<int>([set.FeatureNames.Length]);
        foreach (var name in set.ItemNames)
        {
            Add(ref names, name);
        }

        names.Add<int>([set.ItemNames.Length]);
        foreach (var name in set.LabelNames)
        {
            Add(ref names, name);
        }

        return new(data.Value, penalty.Value, individuals.Value, names.Value);
    }

    /// <summary>What of a set with this fingerprint is not as in another; null where nothing is.</summary>
    public string? DifferenceFrom(in SetFingerprint other) =>
        Data != other.Data ? "features, labels or ratings, their weights, offsets or order"
        : Penalty != other.Penalty ? "the counts that the rows' penalty is shared by (RowPenalty)"
        : Individuals != other.Individuals ? "individuals"
        : Names != other.Names ? "names of features or items"
        : null;

    /// <summary>A text and where it ends.</summary>
    private static void Add(ref Checksum checksum, string text)
    {
        checksum.Add<char>(text);
        checksum.Add<int>([text.Length]);
    }
}
