using InfluenceGen.Examples;
using InfluenceGen.Numerics;

namespace Mislabelled;

/// <summary>The digits with some labels that are wrong.</summary>
/// <param name="Examples">All images, pixels from 0 to 1, with the labels that training sees.</param>
/// <param name="IsFlipped">Which of those labels are wrong.</param>
internal sealed record FlippedLabels(ExampleSet<double> Examples, bool[] IsFlipped)
{
    private const int Classes = 10;
    private const double LargestPixel = 16;

    /// <summary>Gives each of some images, drawn at random, one of the nine other labels, each equally likely.</summary>
    /// <param name="digits">The images as they were read.</param>
    /// <param name="share">The share that gets a wrong label.</param>
    /// <param name="seed">Fixes which, and which label.</param>
    public static FlippedLabels Of(ExampleSet<double> digits, double share, long seed)
    {
        var random = new RandomSource(seed);
        var flipped = new bool[digits.Count];
        flipped.AsSpan(0, (int)Math.Round(share * digits.Count)).Fill(true);
        random.Shuffle(flipped.AsSpan());
        var pixels = new double[digits.Count * digits.FeatureCount];
        var classes = new int[digits.Count];
        for (var i = 0; i < classes.Length; i++)
        {
            digits.Features.Slice(i * digits.FeatureStride, digits.FeatureCount).CopyTo(pixels.AsSpan(i * digits.FeatureCount));
            classes[i] = digits.Labels.Slice(i * digits.LabelStride, Classes).IndexOf(1);
            if (flipped[i])
            {
                classes[i] = (classes[i] + 1 + random.NextBelow(Classes - 1)) % Classes;
            }
        }

        foreach (ref var pixel in pixels.AsSpan())
        {
            pixel /= LargestPixel;
        }

        return new(ExampleSet<double>.FromClasses(pixels, digits.FeatureCount, classes, Classes, digits.Individuals, digits.IndividualOf), flipped);
    }
}
