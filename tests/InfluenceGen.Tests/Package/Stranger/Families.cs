using System.Globalization;
using System.Numerics;
using InfluenceGen;
using InfluenceGen.Examples;
using InfluenceGen.Influence;
using InfluenceGen.Influence.Static;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using InfluenceGen.Reciprocity;
using InfluenceGen.Training;

namespace Stranger;

public enum Plan
{
    Free,
    Basic,
    Full,
}

public enum Outcome
{
    Left,
    Stayed,
    Grew,
}

[SoftmaxModel]
public partial record Customer
{
    [Individual] public required string Name { get; init; }
    [Feature] public required double Years { get; init; }
    [Feature] public required bool Invoiced { get; init; }
    [Feature] public required Plan Plan { get; init; }
    [Label] public required Outcome Outcome { get; init; }
}

[Mlp(Hidden = [6, 4], Activation = Activation.Gelu, Loss = Loss.SoftmaxCrossEntropy)]
public partial class Account
{
    [Individual] public required int Number { get; init; }
    [Feature] public required double Years { get; init; }
    [Feature] public required Plan Plan { get; init; }
    [Label] public required Outcome Outcome { get; init; }
}

[MatrixFactorization(Rank = 4, L2 = 0.1)]
public partial record Opinion
{
    [User] public required string Person { get; init; }
    [Item] public required string Film { get; init; }
    [Rating] public required double Stars { get; init; }
}

[LinearModel(Features = 3, Loss = Loss.Poisson)]
public partial class Visits;

[SoftmaxModel(Features = 3, Classes = 4)]
public partial class Species;

[Mlp(Inputs = 3, Hidden = [5], Activation = Activation.Tanh, Precision = Precision.Single)]
public partial class Curve;

/// <summary>Declares models of most families, by size and by record, trains each with a ledger and scores it.</summary>
public static class Families
{
    private static readonly GradientDescent _plan = GradientDescent.FullBatch(steps: 20, rate: 0.05);

    public static void Print()
    {
        var random = new RandomSource(1);
        var customers = Customer.From(Enumerable.Range(0, 60).Select(i => new Customer
        {
            Name = $"Customer {i % 25}",
            Years = random.NextDouble(),
            Invoiced = random.NextBelow(2) == 1,
            Plan = (Plan)random.NextBelow(3),
            Outcome = (Outcome)random.NextBelow(3),
        }));
        var (train, deployment) = customers.Split(trainShare: 0.7, seed: 1);
        var ledger = Customer.Ledger(train, deployment);
        Print("Customer", Customer.Train(train, _plan, ledger), train, ledger.Flows);

        var accounts = Account.From(Enumerable.Range(0, 60).Select(i => new Account
        {
            Number = i % 25,
            Years = random.NextDouble(),
            Plan = (Plan)random.NextBelow(3),
            Outcome = (Outcome)random.NextBelow(3),
        }));
        (train, deployment) = accounts.Split(trainShare: 0.7, seed: 1);
        var accountLedger = Account.Ledger(train, deployment);
        Print("Account", Account.Train(train, _plan, accountLedger), train, accountLedger.Flows);

        var opinions = Opinion.From(Enumerable.Range(0, 60).Where(i => i % 7 != 3).Select(i => new Opinion
        {
            Person = $"Person {i / 10}",
            Film = $"Film {i % 10}",
            Stars = 1 + random.NextBelow(5),
        }));
        (train, deployment) = opinions.Split(trainShare: 0.7, seed: 1);
        var opinionLedger = Opinion.Ledger(train, deployment);
        Print("Opinion", Opinion.Train(train, _plan, opinionLedger), train, opinionLedger.Flows);

        double[] features = [.. Enumerable.Range(0, 180).Select(_ => random.NextDouble())];
        var visits = ExampleSet<double>.FromFeatures(features, 3, [.. Enumerable.Range(0, 60).Select(i => (double)(i % 5))]);
        var visitLedger = Visits.Ledger(visits, visits);
        Print("Visits", Visits.Train(visits, _plan, visitLedger), visits, visitLedger.Flows);

        var species = ExampleSet<double>.FromClasses(features, 3, [.. Enumerable.Range(0, 60).Select(i => i % 4)], 4);
        var speciesLedger = Species.Ledger(species, species);
        Print("Species", Species.Train(species, _plan, speciesLedger), species, speciesLedger.Flows);

        var points = ExampleSet<float>.FromFeatures([.. features.Select(x => (float)x)], 3, [.. Enumerable.Range(0, 60).Select(i => i / 60f)]);
        var curveLedger = Curve.Ledger(points, points);
        Print("Curve", Curve.Train(points, _plan, curveLedger), points, curveLedger.Flows);
    }

    private static void Print<TModel, T>(string name, Fit<TModel, T> fit, ExampleSet<T> examples, Flows flows)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using var team = new WorkerTeam(1);
        var sweeps = new SweepRunner<TModel, T>(fit.Model, team);
        var outputGradients = new AlignedBuffer<T>(examples.Count * fit.Model.OutputStride);
        var gradient = new AlignedBuffer<T>(fit.Model.Layout.StorageLength);
        sweeps.GradientSum(examples, fit.Weights, null, outputGradients, gradient);
        var norm = Math.Sqrt(gradient.Span.ToArray().Sum(g => double.CreateChecked(g * g)));
        var influence = fit.Influence(new InfluenceFunctions { Damping = 1, Curvature = Curvature.GaussNewton }, on: examples);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{name}: loss {fit.MeanLoss(examples):F4}, gradient {norm:F4}, outflow {flows.Outflow.Sum(Math.Abs):F4}, influence {influence[0, 0]:F4}"));
    }
}
