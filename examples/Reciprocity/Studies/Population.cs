using System.Globalization;
using InfluenceGen.Examples;
using InfluenceGen.Numerics;

namespace ReciprocityStudies.Studies;

/// <summary>
/// Twelve people who differ in how often they turn up, in what they look like and in how they respond; the last one
/// responds the opposite way. Examples are drawn independently from U × X × Y (Sundararajan and Krichene, Remark 1.3):
/// first who it is, then two features around the person's own centre, then the response w_u·x + noise.
/// </summary>
internal sealed class Population
{
    /// <summary>How many they are.</summary>
    public const int Count = 12;

    /// <summary>Features of an example.</summary>
    public const int Features = 2;

    private static readonly Individuals _people = Individuals.Numbered(Count);

    private readonly double[] _cumulative = new double[Count];

    /// <param name="absent">Somebody who does not turn up, or −1.</param>
    public Population(int absent = -1)
    {
        var total = 0.0;
        for (var person = 0; person < Count; person++)
        {
            total += person == absent ? 0 : 1 + person % 4;
            _cumulative[person] = total;
        }
    }

    /// <summary>Draws examples.</summary>
    public ExampleSet<double> Draw(int count, RandomSource random)
    {
        var (features, labels, people) = (new double[count * Features], new double[count], new int[count]);
        for (var i = 0; i < count; i++)
        {
            var person = DrawPerson(random);
            var angle = 2 * Math.PI * person / Count;
            var spread = 0.4 + 0.1 * (person % 5);
            var x = 1.2 * Math.Cos(angle) + spread * random.NextGaussian();
            var y = 1.2 * Math.Sin(angle) + spread * random.NextGaussian();
            var response = (1 + 0.05 * person) * x + (0.8 - 0.1 * person) * y + 0.3 * (1 + person % 3) * random.NextGaussian();
            features[i * Features] = x;
            features[i * Features + 1] = y;
            labels[i] = person == Count - 1 ? -response : response;
            people[i] = person;
        }

        return ExampleSet<double>.FromFeatures(features, Features, labels, _people, people);
    }

    /// <summary>What a person is called.</summary>
    public static string NameOf(int person) => string.Create(CultureInfo.InvariantCulture, $"person {_people[person]}");

    private int DrawPerson(RandomSource random)
    {
        var draw = random.NextDouble() * _cumulative[^1];
        var person = 0;
        while (draw >= _cumulative[person])
        {
            person++;
        }

        return person;
    }
}
