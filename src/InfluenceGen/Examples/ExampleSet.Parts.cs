using InfluenceGen.Numerics;

namespace InfluenceGen.Examples;

public sealed partial class ExampleSet<T>
{
    /// <summary>
    /// The examples at <paramref name="positions"/>, copied into memory of their own. Examples with features keep the
    /// order of the positions; ratings stay sorted. A position named twice gives the example twice. The part follows the
    /// set's own <see cref="Penalty"/>: with <see cref="RowPenalty.OwnCounts"/> it counts its own examples.
    /// </summary>
    /// <exception cref="ArgumentException">There is no position.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A position is not one of this set's.</exception>
    public ExampleSet<T> Subset(ReadOnlySpan<int> positions) => Subset(positions, Penalty);

    /// <summary>
    /// <see cref="Subset(ReadOnlySpan{int})"/> with a penalty of its own, such as <c>RowPenalty.AsIn(set)</c> to leave
    /// somebody out while everyone else's counts stay as they were.
    /// </summary>
    /// <inheritdoc cref="Subset(ReadOnlySpan{int})"/>
    public ExampleSet<T> Subset(ReadOnlySpan<int> positions, RowPenalty penalty)
    {
        ArgumentNullException.ThrowIfNull(penalty);
        RequireSome(positions.Length);
        RequirePositions(positions);
        if (IsOfRatings)
        {
            var sorted = positions.ToArray();
            Array.Sort(sorted);
            positions = sorted;
        }

        var part = Allocate(this, positions.Length);
        part.Gather(this, positions);
        part.SegmentWhole();
        part.SetPenalty(penalty);
        return part;
    }

    /// <summary>The same examples, their rows' L2 penalty shared by other counts.</summary>
    /// <exception cref="ArgumentException">The counts are for other tables than this set's.</exception>
    public ExampleSet<T> WithPenalty(RowPenalty penalty)
    {
        ArgumentNullException.ThrowIfNull(penalty);
        var set = new ExampleSet<T>(this);
        set.SetPenalty(penalty);
        return set;
    }

    /// <summary>The positions of each individual's examples, ascending: groups that are left out together, those of individuals without an
    /// example apart, in the order of codes.</summary>
    public int[][] ByIndividual()
    {
        var segments = Segments.Ordered(IndividualOf, Individuals.Count);
        var groups = new List<int[]>();
        for (var individual = 0; individual < Individuals.Count; individual++)
        {
            if (segments.Offsets[individual] < segments.Offsets[individual + 1])
            {
                groups.Add(segments.Order[segments.Offsets[individual]..segments.Offsets[individual + 1]].ToArray());
            }
        }

        return [.. groups];
    }

    /// <summary>
    /// Parts the set at random, example by example: ⌊<paramref name="trainShare"/> · <see cref="Count"/>⌋ of them for
    /// training, the others for deployment; 0.8 of 442 gives 353 and 89.
    /// </summary>
    /// <param name="trainShare">Between 0 and 1. It counts as the decimal number it is written as, so that 0.29 of 100
    /// is 29 and not 28.</param>
    /// <param name="seed">Fixes the parts.</param>
    /// <exception cref="ArgumentOutOfRangeException">A part would be left without an example.</exception>
    public (ExampleSet<T> Train, ExampleSet<T> Deployment) Split(double trainShare, long seed)
    {
        var (train, deployment) = SplitPositions(trainShare, seed);
        return (Subset(train), Subset(deployment));
    }

    /// <summary>The positions, ascending, of the examples that <see cref="Split"/> puts into each part.</summary>
    /// <inheritdoc cref="Split"/>
    public (int[] Train, int[] Deployment) SplitPositions(double trainShare, long seed)
    {
        var share = trainShare is > 0 and < 1 ? (decimal)trainShare : 0;
        var trainCount = (int)decimal.Floor(share * Count);
        if (trainCount == 0 || trainCount == Count)
        {
            throw new ArgumentOutOfRangeException(nameof(trainShare), trainShare,
                $"The share must leave an example in each part of {Count}.");
        }

        var positions = new int[Count];
        for (var i = 0; i < Count; i++)
        {
            positions[i] = i;
        }

        new RandomSource(seed).Shuffle(positions.AsSpan());
        var train = positions[..trainCount];
        var deployment = positions[trainCount..];
        Array.Sort(train);
        Array.Sort(deployment);
        return (train, deployment);
    }
}
