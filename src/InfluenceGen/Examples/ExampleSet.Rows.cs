using System.Collections.Immutable;
using InfluenceGen.Numerics;

namespace InfluenceGen.Examples;

public sealed partial class ExampleSet<T>
{
    /// <summary>Numbers that one buffer of a set has room for.</summary>
    internal static int MostNumbers => Array.MaxLength / 2;

    /// <summary>Elements from one example's features to the next's.</summary>
    internal static int StrideOf(int featureCount) => Workspace<T>.Stride(featureCount);

    /// <summary>Elements from one example's label to the next's.</summary>
    internal static int LabelStrideOf(int labelCount) => labelCount == 1 ? 1 : StrideOf(labelCount);

    /// <summary>A set over rows that a reader has written and checked, which are not copied.</summary>
    /// <param name="features">Features, <see cref="FeatureStride"/> for each example, with zeros between.</param>
    /// <param name="featureCount">Features of an example.</param>
    /// <param name="labels">Labels, <see cref="LabelStride"/> for each example, with zeros between.</param>
    /// <param name="labelCount">Labels of an example.</param>
    /// <param name="count">The number of examples.</param>
    /// <param name="individuals">The people.</param>
    /// <param name="individualOf">Each example's individual.</param>
    /// <param name="featureNames">A name for each feature.</param>
    /// <param name="labelNames">A name for each label, or none.</param>
    /// <param name="weights">Each example's weight; null where there are none.</param>
    /// <param name="offsets">Each example's offset; null where there are none.</param>
    internal static ExampleSet<T> OfRows(AlignedBuffer<T> features, int featureCount, AlignedBuffer<T> labels, int labelCount, int count,
        Individuals individuals, ReadOnlySpan<int> individualOf, IEnumerable<string> featureNames, ImmutableArray<string> labelNames,
        AlignedBuffer<T>? weights, AlignedBuffer<T>? offsets)
    {
        var names = ColumnNames.Checked(featureNames, featureCount, "features", nameof(featureNames));
        var set = new ExampleSet<T>(count, featureCount, labelCount, [], isOfRatings: false, individuals, features, labels)
        {
            FeatureNames = names,
            LabelNames = labelNames,
            Count = count,
        };
        for (var row = 0; row < count; row++)
        {
            set.SetOrigin(row, row, individualOf[row]);
        }

        set.SetColumns(weights, offsets);
        set.SegmentWhole();
        set.SetPenalty(RowPenalty.OwnCounts);
        return set;
    }

    /// <summary>A set over rows that a reader has written and checked, which are not copied, with a class each.</summary>
    /// <inheritdoc cref="OfRows(AlignedBuffer{T}, int, AlignedBuffer{T}, int, int, Individuals, ReadOnlySpan{int}, IEnumerable{string}, ImmutableArray{string}, AlignedBuffer{T}?, AlignedBuffer{T}?)"/>
    internal static ExampleSet<T> OfRows(AlignedBuffer<T> features, int featureCount, ReadOnlySpan<int> classes, int classCount,
        Individuals individuals, ReadOnlySpan<int> individualOf, IEnumerable<string> featureNames, ImmutableArray<string> labelNames,
        AlignedBuffer<T>? weights, AlignedBuffer<T>? offsets)
    {
        var stride = LabelStrideOf(classCount);
        var labels = new AlignedBuffer<T>(checked(classes.Length * stride));
        for (var row = 0; row < classes.Length; row++)
        {
            RequireBelow(classes[row], classCount, row, nameof(classes));
            labels[row * stride + classes[row]] = T.One;
        }

        var set = OfRows(features, featureCount, labels, classCount, classes.Length, individuals, individualOf, featureNames, labelNames,
            weights, offsets);
        set.HasClasses = true;
        return set;
    }
}
