#region ask
using InfluenceGen.Examples;
using InfluenceGen.Influence;
using InfluenceGen.Influence.Evaluation;
using InfluenceGen.Influence.Retraining;
using InfluenceGen.Influence.Static;
using InfluenceGen.Training;

var (train, test) = Tumour.Read("breast-cancer.csv", label: "benign", individual: "patient").Split(trainShare: 0.8, seed: 1);
var scale = Standardisation.Fit(train);
(train, test) = (scale.Apply(train), scale.Apply(test));
var plan = GradientDescent.FullBatch(steps: 600, rate: 0.1) with { WeightDecay = new(0.01) };
var fit = Tumour.Train(train, plan).Converged();

var scores = fit.Influence(new InfluenceFunctions(), on: test);
foreach (var patient in scores.Proponents(of: 0, count: 3))
{
    Console.WriteLine(patient);
}

foreach (var note in scores.Notes)
{
    Console.WriteLine(note);
}
#endregion

#region check
var leftOut = fit.Retrainer(Removal.Fixed).LeaveOneOut(test, examples: 100, seed: 1);
Console.WriteLine(RetrainingCorrelation.Of(scores, leftOut));

var retrainer = fit.Retrainer(Removal.Refit);
var halves = retrainer.RandomSubsets(test, share: 0.5, count: 50, seed: 1);
Console.WriteLine(LinearDatamodelingScore.Of(scores, halves));
#endregion

#region compare
var rescaled = fit.Influence(new RescaledInfluence { Effect = LossChange.Exact }, on: test);
Console.WriteLine($"rescaled: {RetrainingCorrelation.Of(rescaled, leftOut)}");
Console.WriteLine($"rescaled: {LinearDatamodelingScore.Of(rescaled, halves)}");
var damped = fit.Influence(new InfluenceFunctions { Damping = 1 }, on: test);
Console.WriteLine($"damping 1: {RetrainingCorrelation.Of(damped, leftOut)}");
Console.WriteLine($"damping 1: {LinearDatamodelingScore.Of(damped, halves)}");
var relative = fit.Influence(new RelatIF(), on: test);
Console.WriteLine($"RelatIF: {RetrainingCorrelation.Of(relative, leftOut)}");
Console.WriteLine($"RelatIF: {LinearDatamodelingScore.Of(relative, halves)}");
#endregion

#region curves
var everybody = fit.JointInfluence(new InfluenceFunctions(), on: test);
double[] shares = [0.05, 0.1, 0.2];
var removal = retrainer.Curve(CurveOf.Removal, everybody, test, shares);
var random = retrainer.RandomCurve(CurveOf.Removal, test, orders: 10, seed: 1, shares);
for (var i = 0; i < shares.Length; i++)
{
    Console.WriteLine($"without {removal.Points[i].Examples}: loss {removal.Points[i].Loss:F3}, at random {random.Points[i].Loss:F3}");
}

var brittleness = retrainer.Brittleness(scores, test, most: 100);
Console.WriteLine($"{100 * brittleness.FlippedBy(10):F0}% of the predictions hang on ten patients or fewer, {100 * brittleness.FlippedBy(100):F0}% on a hundred");
#endregion
