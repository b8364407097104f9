using System.Globalization;
using System.Numerics;
using InfluenceGen.Numerics;

namespace InfluenceGen.Examples;

/// <summary>The last look at results before they leave the library: what is not a finite number is refused, naming the first example that
/// it belongs to. Weights, features and labels are finite, so that it is a product or a sum that left the range of its precision.</summary>
internal static class FiniteResults
{
    private const string Cure = "Bring the features to a common scale (Standardisation), compute in double precision, or train with smaller steps.";

    /// <summary>Requires scores of training examples on one test example.</summary>
    /// <param name="scores">A number for each training example.</param>
    /// <param name="training">The training set.</param>
    /// <param name="tests">The test set.</param>
    /// <param name="test">The test example.</param>
    /// <exception cref="ArithmeticException">One of them is not finite.</exception>
    public static void RequireScores<T>(ReadOnlySpan<T> scores, ExampleSet<T> training, ExampleSet<T> tests, int test)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (Finite.IndexOfOther(scores) is >= 0 and var at)
        {
            throw Score(scores[at], training, at, "test " + Name(tests, test));
        }
    }

    /// <summary>Requires one number of each training example.</summary>
    /// <param name="scores">The numbers.</param>
    /// <param name="training">The training set.</param>
    /// <param name="on">What it is the influence on.</param>
    /// <exception cref="ArithmeticException">One of them is not finite.</exception>
    public static void RequireScores<T>(ReadOnlySpan<T> scores, ExampleSet<T> training, string on)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (Finite.IndexOfOther(scores) is >= 0 and var at)
        {
            throw Score(scores[at], training, at, on);
        }
    }

    /// <summary>Requires numbers of the examples of a set, some for each.</summary>
    /// <param name="values">The numbers, example by example.</param>
    /// <param name="examples">The examples.</param>
    /// <param name="each">Numbers of an example.</param>
    /// <param name="what">What they are.</param>
    /// <exception cref="ArithmeticException">One of them is not finite.</exception>
    public static void Require<TValue, T>(ReadOnlySpan<TValue> values, ExampleSet<T> examples, int each, string what)
        where TValue : unmanaged, IBinaryFloatingPointIeee754<TValue>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (Finite.IndexOfOther(values) is >= 0 and var at)
        {
            throw new ArithmeticException(string.Create(CultureInfo.InvariantCulture,
                $"The {what} of {Name(examples, at / each)} is {values[at]}, although weights and features are finite. {Cure}"));
        }
    }

    /// <summary>Requires one number.</summary>
    /// <exception cref="ArithmeticException">It is not finite.</exception>
    public static double Require(double value, string what) => double.IsFinite(value)
        ? value
        : throw new ArithmeticException(string.Create(CultureInfo.InvariantCulture,
            $"The {what} is {value}, although the weights are finite. {Cure}"));

    /// <summary>What to call an example in a message: its place, the row it was read from, whose it is.</summary>
    public static string Name<T>(ExampleSet<T> examples, int example) where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        string.Create(CultureInfo.InvariantCulture,
            $"example {example} (row {examples.Source[example]}, '{examples.Individuals[examples.IndividualOf[example]]}')");

    private static ArithmeticException Score<T>(T score, ExampleSet<T> training, int at, string on)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => new(string.Create(CultureInfo.InvariantCulture,
            $"The influence of training {Name(training, at)} on {on} is {score}, although the weights are finite. {Cure}"));
}
