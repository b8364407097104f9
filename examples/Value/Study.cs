using System.Globalization;
using InfluenceGen.Examples;
using InfluenceGen.Influence;
using InfluenceGen.Influence.Evaluation;
using InfluenceGen.Influence.Retraining;
using InfluenceGen.Influence.Values;
using InfluenceGen.Training;

namespace Value;

/// <summary>What each patient's data is worth to a model of the others, by three values from one sample of trainings, and whether that says
/// whom to do without.</summary>
internal sealed class Study
{
    private static readonly double[] _shares = [0.05, 0.1, 0.2, 0.3];

    private readonly ExampleSet<double> _test;
    private readonly Fit<Progression.Model, double> _fit;
    private readonly Game _game;
    private readonly RegressionAdjustedValue _method;

    public Study(string path, int coalitions)
    {
        var (train, test) = Progression.Read(path, label: "progression", individual: "patient").Split(trainShare: 0.8, seed: 1);
        var scale = Standardisation.Fit(train);
        (train, _test) = (scale.Apply(train), scale.Apply(test));
        _fit = Progression.Train(train, GradientDescent.FullBatch(steps: 200, rate: 0.01) with { WeightDecay = new(0.3) }).Converged();
        _game = _fit.Game(Players.Individuals, on: _test);
        _method = new RegressionAdjustedValue
        {
            Covers = [Semivalue.Shapley, Semivalue.Banzhaf, Semivalue.Beta(4, 1)],
            Stop = Stopping.After(coalitions),
            Seed = 1,
        };
    }

    /// <summary>Trains shard k of N.</summary>
    public int WriteShard(int shard, int shards, string path) => _game.WriteShard(_method, shard, shards, path);

    /// <summary>Prints values and curves; of shards where there are some.</summary>
    public void Print(TextWriter output, string[]? shards)
    {
        var sample = _method.Sample(shards is null ? _game : _game.Merged(shards));
        PlayerValues[] values = [.. _method.Covers.Select(sample.Of)];
        output.WriteLine(Invariant($"{_fit.Training.Count} patients, {_test.Count} test patients, {sample.Count} trainings; value: by how much a patient reduces the mean test loss"));
        output.WriteLine();
        output.WriteLine("  patient" + string.Concat(_method.Covers.Select(value => $"{value.Name,20}")));
        var order = Order(values[0].OfUtility(0));
        foreach (var player in order.Take(3).Concat(order.TakeLast(3)))
        {
            output.WriteLine(Invariant($"  {values[0].NameOf(player),7}") + string.Concat(values.Select(value =>
                string.Create(CultureInfo.InvariantCulture, $"{value[player, 0],12:F2} ± {value.ErrorsOf(player)[0],5:F2}"))));
        }

        output.WriteLine();
        output.WriteLine("  mean test loss without the share of the highest value");
        output.WriteLine("  " + string.Concat(_shares.Select(share => Invariant($"{100 * share,7:F0}%"))));
        var retrainer = _fit.Retrainer(Removal.Refit);
        for (var k = 0; k < values.Length; k++)
        {
            Row(_method.Covers[k].Name, retrainer.Curve(CurveOf.Removal, ByExample(values[k]), _test, _shares));
        }

        Row("leave-one-out", retrainer.Curve(CurveOf.Removal, ByExample(new LeaveOneOutValue().Of(_game)), _test, _shares));
        Row("at random, mean of 20", retrainer.RandomCurve(CurveOf.Removal, _test, orders: 20, seed: 1, _shares));
        output.WriteLine();
        foreach (var note in values[0].Notes)
        {
            output.WriteLine(note);
        }

        void Row(string name, RetrainingCurve curve) =>
            output.WriteLine("  " + string.Concat(curve.Points.Select(point => Invariant($"{point.Loss,8:F0}"))) + "  " + name);
    }

    /// <summary>A patient has one row.</summary>
    private double[] ByExample(PlayerValues values)
    {
        var codes = new Dictionary<string, int>();
        for (var player = 0; player < values.PlayerCount; player++)
        {
            codes.Add(values.NameOf(player), player);
        }

        return [.. Enumerable.Range(0, _fit.Training.Count).Select(i => values[codes[_fit.Training.Individuals[_fit.Training.IndividualOf[i]]], 0])];
    }

    private static int[] Order(double[] values) => [.. Enumerable.Range(0, values.Length).OrderByDescending(player => values[player])];

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
