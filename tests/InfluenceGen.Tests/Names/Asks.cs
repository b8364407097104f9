using InfluenceGen.Examples;
using InfluenceGen.Influence;
using InfluenceGen.Influence.Dynamic;
using InfluenceGen.Influence.Evaluation;
using InfluenceGen.Influence.Retraining;
using InfluenceGen.Influence.Static;
using InfluenceGen.Models;
using InfluenceGen.Reciprocity;
using InfluenceGen.Training;

namespace InfluenceGen.Tests.Names;

/// <summary>Everything that a fit, or a training set, is asked about another set.</summary>
internal sealed class Asks<TModel>(Fit<TModel, double> fit) where TModel : struct, IModel<double>
{
    private static readonly InfluenceFunctions _functions = new() { Damping = 0.5, Curvature = Curvature.GaussNewton };

    private readonly int[][] _groups = [[0, 2], [1]];

    /// <summary>Numbers about each test example, by the row that it came from.</summary>
    public IEnumerable<(string Name, double[] Numbers)> OfExamples(ExampleSet<double> on)
    {
        yield return ("Predict", BySource(on, fit.Predict(on)));
        yield return ("Losses", BySource(on, fit.Losses(on)));
        yield return ("Influence", BySource(on, Rows(on, fit.Influence(_functions, on).OfTest)));
        yield return ("TracInCP", BySource(on, Rows(on, fit.Influence(new TracInCP(), on).OfTest)));
        var visited = new double[on.Count][];
        fit.VisitInfluence(_functions, on, (test, scores) => visited[test] = scores.ToArray());
        yield return ("VisitInfluence", BySource(on, [.. visited.SelectMany(scores => scores)]));
        var top = fit.TopInfluence(_functions, on, 2);
        yield return ("TopInfluence", BySource(on, [.. top.Proponents.SelectMany(best => new[] { best.FirstOrDefault().Example, best.FirstOrDefault().Score })]));
        foreach (var effect in Enum.GetValues<LossChange>())
        {
            var groups = fit.GroupInfluence(new KohGroupSum { Influence = _functions }, _groups, on, effect);
            yield return ($"GroupInfluence {effect}", BySource(on, Rows(on, test => groups.OfTest(test))));
        }

        var retrainer = fit.Retrainer(Removal.Fixed, RetrainBy.Plan);
        var losses = retrainer.LossesWithout(_groups, on);
        yield return ("LossesWithout", BySource(on, Rows(on, test => new[] { losses[0, test], losses[1, test] })));
        var left = retrainer.LeaveOut(on, _groups).Effects;
        yield return ("LeaveOut", BySource(on, Rows(on, test => new[] { left[0, test], left[1, test] })));
        var online = OnlineTracIn.Of(fit.Model, fit.Training, on);
        Trainer.Train(fit.Model, fit.Training, fit.Plan, online);
        yield return ("OnlineTracIn", BySource(on, Rows(on, online.Pairs.OfTest)));
        var anomalies = new TracInAnomaly().Of(fit, on);
        yield return ("TracInAnomaly", BySource(on, [.. anomalies.MeanInfluence]));
        var marginal = new List<double[]>();
        new LeaveOneOut<TModel, double>(fit.Model, fit.Training, fit.Plan, Removal.Fixed).InfluenceOn(on, (_, influence) => marginal.Add(influence.ToArray()));
        yield return ("LeaveOneOut", BySource(on, Rows(on, test => marginal.Select(influence => influence[test]).ToArray())));
    }

    /// <summary>Numbers about the whole test set.</summary>
    public IEnumerable<(string Name, double[] Numbers)> OfSet(ExampleSet<double> on)
    {
        yield return ("MeanLoss", [fit.MeanLoss(on)]);
        yield return ("Rmse", fit.Model.Labels == LabelDomain.Real ? [fit.Rmse(on)] : []);
        yield return ("Accuracy", fit.Model.Labels == LabelDomain.Real ? [] : [fit.Accuracy(on)]);
        yield return ("JointInfluence", fit.JointInfluence(_functions, on));
        var greedy = fit.MostInfluentialGroup(new GreedyGroup { Influence = new() { Damping = 5 } }, 2, on);
        yield return ("MostInfluentialGroup", [.. greedy.Examples.Select(example => (double)example)]);
        var curve = fit.Retrainer(Removal.Fixed, RetrainBy.Plan).RandomCurve(CurveOf.Removal, on, 2, 1, 0.2, 0.4);
        yield return ("Curve", [.. curve.Points.SelectMany(point => new[] { point.Loss, point.Accuracy ?? 0 })]);
        var ledger = new Ledger<TModel, double>(fit.Model, fit.Training, on) { ChecksFirstOrder = true };
        Trainer.Train(fit.Model, fit.Training, fit.Plan, ledger);
        yield return ("Ledger", ByName(ledger.Flows));
        yield return ("FirstOrder", [.. ledger.FirstOrderReduction, .. ledger.DeploymentLoss]);
        yield return ("MarginalFlows", ByName(MarginalFlows.Of(
            new LeaveOneOut<TModel, double>(fit.Model, fit.Training, fit.Plan, Removal.Fixed), on)));
    }

    private static double[] Rows(ExampleSet<double> on, Func<int, ReadOnlySpan<double>> row) =>
        [.. Enumerable.Range(0, on.Count).SelectMany(test => row(test).ToArray())];

    private static double[] BySource(ExampleSet<double> on, double[] numbers)
    {
        var (width, ordered) = (numbers.Length / on.Count, new double[numbers.Length]);
        for (var example = 0; example < on.Count; example++)
        {
            numbers.AsSpan(example * width, width).CopyTo(ordered.AsSpan(on.Source[example] * width));
        }

        return ordered;
    }

    private static double[] ByName(Flows flows) => [.. Enumerable.Range(0, flows.Individuals.Count)
        .OrderBy(code => flows.Individuals[code], StringComparer.Ordinal)
        .SelectMany(code => new[] { flows.Inflow[code], flows.Outflow[code], flows.Self[code] })];
}
