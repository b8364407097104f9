using System.Globalization;
using System.Text;
using InfluenceGen.Examples;
using InfluenceGen.Influence.Retraining;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using InfluenceGen.Reciprocity;
using InfluenceGen.Training;

namespace InfluenceGen.Native.Tests;

/// <summary>
/// Prints, for one model at drawn weights, what every member of <see cref="IModel{T}"/> computes, and then a full-batch
/// and a mini-batch training with their ledgers and a few retrainings. A line is <c>model what: numbers</c>, each number
/// written so that it reads back as the same bits.
/// </summary>
internal sealed class Report<TModel> where TModel : struct, IModel<double>
{
    private const int Steps = 25;
    private const int Few = 29;

    private readonly string _name;
    private readonly TModel _model;
    private readonly ExampleSet<double> _examples;
    private readonly double[] _theta;
    private readonly double[] _weights;
    private readonly double[] _direction;
    private readonly double[] _coefficients;

    public Report(string name, TModel model, ExampleSet<double> examples)
    {
        _name = name;
        _model = model;
        _examples = examples;
        var random = new RandomSource(model.Layout.Count);
        _theta = Data.Draw(model.Layout.Count, random);
        _weights = Stored(_theta);
        _direction = Stored(Data.Draw(model.Layout.Count, random));
        _coefficients = Data.Draw(examples.Count, random);
    }

    public void Print()
    {
        Sweeps();
        Sums();
        Pairs();
        Trainings();
    }

    private void Sweeps()
    {
        Write("Baseline", [_model.Baseline(0.3)]);
        var last = _examples.SegmentsOf(0).Count;
        var perExample = new double[_examples.Count];
        _model.Predict(_examples, 0, last, _weights, perExample);
        Write(nameof(_model.Predict), perExample);
        _model.Loss(_examples, 0, last, _weights, perExample);
        Write(nameof(_model.Loss), perExample);
        _model.OutputGradient(_examples, 0, last, _weights, perExample);
        Write(nameof(_model.OutputGradient), perExample);
        _model.GradientDot(_examples, 0, last, _weights, _direction, perExample);
        Write(nameof(_model.GradientDot), perExample);
        _model.GradientSquaredNorm(_examples, 0, last, _weights, perExample);
        Write(nameof(_model.GradientSquaredNorm), perExample);
        var few = Some(Few);
        var rows = new double[few.Count * _model.GradientRowLength];
        _model.Gradients(few, 0, few.SegmentsOf(0).Count, _weights, rows);
        Write(nameof(_model.Gradients), rows);
    }

    private void Sums()
    {
        var outputGradients = new double[_examples.Count];
        for (var pass = 0; pass < _model.Passes; pass++)
        {
            var segments = _examples.SegmentsOf(pass);
            var sums = new double[segments.TargetRows * RowLength(pass)];
            _model.GradientSum(pass, _examples, 0, segments.Count, _weights, [], outputGradients, sums);
            Write($"{nameof(_model.GradientSum)} {pass} unweighted", sums);
            _model.GradientSum(pass, _examples, 0, segments.Count, _weights, _coefficients, outputGradients, sums);
            Write($"{nameof(_model.GradientSum)} {pass} weighted", sums);
        }

        var first = _examples.SegmentsOf(0);
        var flows = new double[_model.OwnsRows ? first.TargetRows : _examples.Count];
        _model.Flow(_examples, 0, first.Count, _weights, _coefficients, _direction, outputGradients, flows);
        Write(nameof(_model.Flow), flows);
        var both = new double[first.TargetRows * RowLength(0)];
        _model.GradientSumWithFlow(_examples, 0, first.Count, _weights, _coefficients, _direction, outputGradients, both, flows);
        Write($"{nameof(_model.GradientSumWithFlow)} sums", both);
        Write($"{nameof(_model.GradientSumWithFlow)} flows", flows);
    }

    private void Pairs()
    {
        var (left, right) = (Some(Few), Some(Few + 8));
        var (r, rOfRight) = (new double[left.Count], new double[right.Count]);
        _model.OutputGradient(left, 0, left.SegmentsOf(0).Count, _weights, r);
        _model.OutputGradient(right, 0, right.SegmentsOf(0).Count, _weights, rOfRight);
        var gram = new double[left.Count * right.Count];
        for (var pass = 0; pass < _model.Passes; pass++)
        {
            _model.GradientGram(pass, left, right, 0, left.SegmentsOf(pass).Count, _weights, r, rOfRight, gram);
        }

        Write(nameof(_model.GradientGram), gram);
    }

    private void Trainings()
    {
        var start = Initialisation.At(_theta);
        var (train, deployment) = _examples.Split(trainShare: 0.7, seed: 1);
        var fullBatch = GradientDescent.FullBatch(Steps, rate: 0.05) with { Start = start, Threads = 2 };
        Training("full batch", train, deployment, fullBatch);
        Training("mini-batch", train, deployment, GradientDescent.MiniBatch(Steps, batchSize: 21, rate: 0.05, seed: 2) with
        {
            Start = start,
            Threads = 2,
            Scaling = GradientScaling.Clip(0.5),
            WeightDecay = new WeightDecay(0.01),
        });

        (train, deployment) = Some(Few).Split(trainShare: 0.7, seed: 3);
        var marginal = MarginalFlows.Of(new LeaveOneOut<TModel, double>(_model, train, fullBatch, Removal.Fixed), deployment);
        Write("retraining inflow", marginal.Inflow.AsSpan());
        Write("retraining outflow", marginal.Outflow.AsSpan());
    }

    private void Training(string what, ExampleSet<double> train, ExampleSet<double> deployment, GradientDescent plan)
    {
        var ledger = new Ledger<TModel, double>(_model, train, deployment) { ChecksFirstOrder = true };
        var fit = Trainer.Train(_model, train, plan, ledger);
        Write($"{what} weights", fit.Theta());
        Write($"{what} predictions", fit.Predict(deployment));
        Write($"{what} inflow", ledger.Flows.Inflow.AsSpan());
        Write($"{what} outflow", ledger.Flows.Outflow.AsSpan());
        Write($"{what} self-influence", ledger.Flows.Self.AsSpan());
        Write($"{what} deployment loss", ledger.DeploymentLoss.AsSpan());
    }

    /// <summary>Examples from all over the set.</summary>
    private ExampleSet<double> Some(int count) =>
        _examples.Subset([.. Enumerable.Range(0, count).Select(i => (int)((long)i * _examples.Count / count))]);

    private int RowLength(int pass) => _model.Passes == 1 ? _model.Layout.StorageLength : _model.Layout.Blocks[pass].Stride;

    private double[] Stored(double[] theta)
    {
        var storage = new double[_model.Layout.StorageLength];
        _model.Layout.Unpack<double>(theta, storage);
        return storage;
    }

    private void Write(string what, ReadOnlySpan<double> numbers)
    {
        var line = new StringBuilder($"{_name} {what}:");
        foreach (var number in numbers)
        {
            line.Append(CultureInfo.InvariantCulture, $" {number}");
        }

        Console.WriteLine(line);
    }
}
