using System.Globalization;
using System.Numerics;
using System.Text;
using InfluenceGen.Examples;
using InfluenceGen.Influence;
using InfluenceGen.Influence.Dynamic;
using InfluenceGen.Influence.Retraining;
using InfluenceGen.Influence.Static;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using InfluenceGen.Reciprocity;
using InfluenceGen.Training;

namespace InfluenceGen.Native.Tests;

/// <summary>
/// Prints, for one model at drawn weights, what every member of <see cref="IModel{T}"/> computes, with all parameter
/// blocks and with one alone, and then a full-batch and a mini-batch training with their ledgers and a few retrainings. A
/// line is <c>type model what: numbers</c>, each number written so that it reads back as the same bits.
/// </summary>
internal sealed class Report<TModel, T>
    where TModel : struct, IModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int Steps = 25;
    private const int Few = 29;
    private const int Directions = 3;

    private readonly string _name;
    private readonly ExampleSet<T> _examples;
    private readonly ExampleSet<T> _few;
    private readonly T[] _theta;
    private readonly T[] _weights;
    private readonly T[] _directions;
    private readonly T[] _coefficients;
    private TModel _model;

    public Report(string name, TModel model, ExampleSet<T> examples)
    {
        _name = $"{(typeof(T) == typeof(float) ? "float" : "double")} {name}";
        _model = model;
        _examples = examples;
        _few = Some(Few);
        var random = new RandomSource(model.Layout.Count);
        _theta = [.. Data.Draw<T>(model.Layout.Count, random).Select(weight => weight * T.CreateChecked(0.5))];
        _weights = Stored(_theta);
        _directions = [.. Enumerable.Range(0, Directions).SelectMany(_ => Stored(Data.Draw<T>(model.Layout.Count, random)))];
        _coefficients = Data.Draw<T>(examples.Count, random);
    }

    private ReadOnlySpan<T> First => _directions.AsSpan(0, _model.Layout.StorageLength);

    private ReadOnlySpan<T> Second => _directions.AsSpan(_model.Layout.StorageLength, _model.Layout.StorageLength);

    public void Print()
    {
        Write(nameof(_model.Baseline), [_model.Baseline(T.CreateChecked(0.3))]);
        Outputs();
        Derivatives("");
        _model.Blocks = BlockSet.Of(_model.Layout.Blocks.Length - 1);
        Derivatives(" of the last block");
        _model.Blocks = BlockSet.All;
        Flows();
        Trainings();
        Influences();
    }

    /// <summary>What does not depend on the blocks that are differentiated.</summary>
    private void Outputs()
    {
        var last = _examples.SegmentsOf(0).Count;
        var (losses, outputs) = (new T[_examples.Count], new T[_examples.Count * _model.OutputStride]);
        _model.Predict(_examples, 0, last, _weights, outputs);
        Write(nameof(_model.Predict), outputs);
        _model.Loss(_examples, 0, last, _weights, losses);
        Write(nameof(_model.Loss), losses);
        _model.OutputGradient(_examples, 0, last, _weights, outputs);
        Write(nameof(_model.OutputGradient), outputs);
        var hessians = new T[_few.Count * _model.OutputStride * _model.Outputs];
        _model.OutputHessian(_few, 0, _few.SegmentsOf(0).Count, _weights, hessians);
        Write(nameof(_model.OutputHessian), hessians);
        if (_model.LastLayerLength > 0)
        {
            var features = new T[_few.Count * ParameterLayout.RoundUp(_model.LastLayerLength, _model.Layout.Line)];
            _model.LastLayerFeatures(_few, 0, _few.SegmentsOf(0).Count, _weights, features);
            Write(nameof(_model.LastLayerFeatures), features);
        }

        if (_model.HasLanes)
        {
            Lanes();
        }
    }

    /// <summary>Submodels side by side, all of the same weights, each without an example.</summary>
    private void Lanes()
    {
        var (lanes, examples) = (LaneExamples<T>.Lanes, new LaneExamples<T>(_examples.Count, _model.Features, _model.Layout.Blocks.Length > 1, _model.HasOffsets));
        examples.Fill([], _examples.Features, _examples.FeatureStride, _examples.Labels, _model.HasOffsets ? _examples.Offsets : []);
        var (weights, coefficients) = (new T[examples.Inputs * lanes], new T[examples.Count * lanes]);
        for (var i = 0; i < examples.Inputs; i++)
        {
            weights.AsSpan(i * lanes, lanes).Fill(i < _model.Features ? _weights[i] : _weights[_model.Layout.Blocks[1].Offset]);
        }

        for (var i = 0; i < _examples.Count * lanes; i++)
        {
            coefficients[i] = i / lanes % lanes == i % lanes ? T.Zero : _coefficients[i / lanes];
        }

        var (losses, gradients, hessians) = (new T[lanes], new T[weights.Length], new T[examples.Inputs * (examples.Inputs + 1) / 2 * lanes]);
        _model.SumInLanes(examples, weights, coefficients, losses, gradients, hessians);
        Write(nameof(_model.SumInLanes), gradients);
        Write($"{nameof(_model.SumInLanes)} losses", losses);
        Write($"{nameof(_model.SumInLanes)} second derivatives", hessians);
    }

    private void Derivatives(string blocks)
    {
        var last = _examples.SegmentsOf(0).Count;
        var (n, stride) = (_examples.Count, _model.OutputStride);
        var outputDots = new T[Directions * n * stride];
        _model.OutputDot(_examples, 0, last, _weights, _directions, outputDots);
        Write(nameof(_model.OutputDot) + blocks, outputDots);
        var gradientDots = new T[Directions * n];
        _model.GradientDot(_examples, 0, last, _weights, _directions, gradientDots);
        Write(nameof(_model.GradientDot) + blocks, gradientDots);
        var each = new T[n];
        _model.GradientSquaredNorm(_examples, 0, last, _weights, each);
        Write(nameof(_model.GradientSquaredNorm) + blocks, each);
        _model.HessianDot(_examples, 0, last, _weights, First, Second, each);
        Write(nameof(_model.HessianDot) + blocks, each);
        var rows = new T[_few.Count * _model.GradientRowLength];
        _model.Gradients(_few, 0, _few.SegmentsOf(0).Count, _weights, rows);
        Write(nameof(_model.Gradients) + blocks, rows);
        for (var pass = 0; pass < _model.Passes; pass++)
        {
            Sums(pass, blocks);
        }

        Gram(blocks);
    }

    private void Sums(int pass, string blocks)
    {
        var segments = _examples.SegmentsOf(pass);
        var outputGradients = OutputGradients(_examples);
        var sums = new T[segments.TargetRows * RowLength(pass)];
        _model.GradientSum(pass, _examples, 0, segments.Count, _weights, [], outputGradients, sums);
        Write($"{nameof(_model.GradientSum)} {pass} unweighted{blocks}", sums);
        _model.GradientSum(pass, _examples, 0, segments.Count, _weights, _coefficients, outputGradients, sums);
        Write($"{nameof(_model.GradientSum)} {pass} weighted{blocks}", sums);
        _model.OutputAdjointSum(pass, _examples, 0, segments.Count, _weights, outputGradients, sums);
        Write($"{nameof(_model.OutputAdjointSum)} {pass}{blocks}", sums);
        _model.ThirdDerivativeSum(pass, _examples, 0, segments.Count, _weights, _coefficients, First, Second, sums);
        Write($"{nameof(_model.ThirdDerivativeSum)} {pass}{blocks}", sums);
        var products = new T[Directions * sums.Length];
        _model.HessianVectorSum(pass, _examples, 0, segments.Count, _weights, _coefficients, _directions, products);
        Write($"{nameof(_model.HessianVectorSum)} {pass}{blocks}", products);
    }

    private void Gram(string blocks)
    {
        var right = Some(Few + 8);
        var (r, rOfRight) = (OutputGradients(_few), OutputGradients(right));
        var gram = new T[_few.Count * right.Count];
        for (var pass = 0; pass < _model.Passes; pass++)
        {
            _model.GradientGram(pass, _few, right, 0, _few.SegmentsOf(pass).Count, _weights, r, rOfRight, gram);
        }

        Write(nameof(_model.GradientGram) + blocks, gram);
    }

    private void Flows()
    {
        var segments = _examples.SegmentsOf(0);
        var outputGradients = OutputGradients(_examples);
        var flows = new T[_model.OwnsRows ? segments.TargetRows : _examples.Count];
        _model.Flow(_examples, 0, segments.Count, _weights, _coefficients, First, outputGradients, flows);
        Write(nameof(_model.Flow), flows);
        var sums = new T[segments.TargetRows * RowLength(0)];
        _model.GradientSumWithFlow(_examples, 0, segments.Count, _weights, _coefficients, First, outputGradients, sums, flows);
        Write($"{nameof(_model.GradientSumWithFlow)} sums", sums);
        Write($"{nameof(_model.GradientSumWithFlow)} flows", flows);
    }

    private void Trainings()
    {
        var start = Initialisation.At([.. _theta.Select(double.CreateChecked)]);
        var (train, deployment) = _examples.Split(trainShare: 0.7, seed: 1);
        var fullBatch = GradientDescent.FullBatch(Steps, rate: 0.05) with { Start = start, Threads = 2 };
        Training("full batch", train, deployment, fullBatch);
        Training("mini-batch", train, deployment, GradientDescent.MiniBatch(Steps, batchSize: 21, rate: 0.05, seed: 2) with
        {
            Start = start,
            Threads = 2,
            Scaling = GradientScaling.Clip(0.5),
            WeightDecay = WeightDecay.OnAll(0.01),
        });

        (train, deployment) = _few.Split(trainShare: 0.7, seed: 3);
        var marginal = MarginalFlows.Of(new LeaveOneOut<TModel, T>(_model, train, fullBatch, Removal.Fixed), deployment);
        Write<double>("retraining inflow", marginal.Inflow.AsSpan());
        Write<double>("retraining outflow", marginal.Outflow.AsSpan());
    }

    private void Training(string what, ExampleSet<T> train, ExampleSet<T> deployment, GradientDescent plan)
    {
        var ledger = new Ledger<TModel, T>(_model, train, deployment) { ChecksFirstOrder = true };
        var fit = Trainer.Train(_model, train, plan, ledger);
        Write($"{what} weights", fit.Theta());
        Write($"{what} predictions", fit.Predict(deployment));
        Write<double>($"{what} inflow", ledger.Flows.Inflow.AsSpan());
        Write<double>($"{what} outflow", ledger.Flows.Outflow.AsSpan());
        Write<double>($"{what} self-influence", ledger.Flows.Self.AsSpan());
        Write<double>($"{what} deployment loss", ledger.DeploymentLoss.AsSpan());
    }

    /// <summary>Estimates from the final weights and along the way, of a few examples.</summary>
    private void Influences()
    {
        var (train, test) = _few.Split(trainShare: 0.7, seed: 4);
        var plan = GradientDescent.MiniBatch(Few, batchSize: 5, rate: 0.05, seed: 5) with
        {
            Start = Initialisation.At([.. _theta.Select(double.CreateChecked)]),
            WeightDecay = WeightDecay.OnAll(0.1),
            Threads = 2,
        };
        var fit = Trainer.Train(_model, train, plan, new Trajectory<T>());

        // So much damping that no curvature is left to be negative.
        var functions = new InfluenceFunctions { Damping = 30, Curvature = Curvature.GaussNewton };
        Scores("influence functions", fit.Influence(functions, test));
        Scores("influence functions, conjugate gradients", fit.Influence(functions with { Solver = Solver.ConjugateGradient(typeof(T) == typeof(double) ? 1e-12 : 1e-6) }, test));
        Write("self-influence of influence functions", fit.SelfInfluence(functions));
        if (_model.HasLinearOutputs)
        {
            Scores("rescaled influence", fit.Influence(new RescaledInfluence { Influence = functions }, test));
        }

        Scores("TracIn", fit.Influence(new TracIn(), test));
        Scores("TracInCP", fit.Influence(new TracInCP(), test));
        Scores("HyDRA", fit.Influence(new HydraFull(), test));
        Write("joint SGD-influence", fit.JointInfluence(new SgdInfluence(), test));
        var groups = fit.GroupInfluence(new SecondOrderGroup { Influence = functions }, [[0, 2, 3], [1, 4]], test);
        for (var group = 0; group < 2; group++)
        {
            Write($"second-order influence of group {group}", groups.OfGroup(group).ToArray());
        }
    }

    private void Scores(string what, InfluenceScores<T> scores)
    {
        for (var test = 0; test < scores.TestCount; test++)
        {
            Write<T>($"{what} on {test}", scores.OfTest(test));
        }
    }

    private T[] OutputGradients(ExampleSet<T> examples)
    {
        var outputGradients = new T[examples.Count * _model.OutputStride];
        _model.OutputGradient(examples, 0, examples.SegmentsOf(0).Count, _weights, outputGradients);
        return outputGradients;
    }

    /// <summary>Examples from all over the set.</summary>
    private ExampleSet<T> Some(int count) =>
        _examples.Subset([.. Enumerable.Range(0, count).Select(i => (int)((long)i * _examples.Count / count))]);

    private int RowLength(int pass) => _model.Passes == 1 ? _model.Layout.StorageLength : _model.Layout.Blocks[pass].Stride;

    private T[] Stored(T[] theta)
    {
        var storage = new T[_model.Layout.StorageLength];
        _model.Layout.Unpack<T>(theta, storage);
        return storage;
    }

    private void Write(string what, T[] numbers) => Write<T>(what, numbers);

    private void Write<TNumber>(string what, ReadOnlySpan<TNumber> numbers) where TNumber : IFormattable
    {
        var line = new StringBuilder($"{_name} {what}:");
        foreach (var number in numbers)
        {
            line.Append(CultureInfo.InvariantCulture, $" {number}");
        }

        Console.WriteLine(line);
    }
}
