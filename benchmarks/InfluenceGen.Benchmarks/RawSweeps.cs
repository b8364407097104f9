using System.Numerics.Tensors;
using System.Runtime.Intrinsics;
using InfluenceGen.Examples;
using InfluenceGen.Models;
using InfluenceGen.Numerics;

namespace InfluenceGen.Benchmarks;

/// <summary>
/// A factorization's training with accounting as bare calls of the generated sweeps, one thread, nothing around them: the
/// kernel's own mode, step for step. What the trainer and the ledger cost is what they take beyond this.
/// </summary>
internal sealed class RawSweeps<TModel> where TModel : struct, IModel<double>
{
    private readonly TModel _model;
    private readonly ExampleSet<double> _training;
    private readonly ExampleSet<double> _deployment;
    private readonly int _users;
    private readonly int _items;
    private readonly int _itemOffset;
    private readonly AlignedBuffer<double> _weights;
    private readonly AlignedBuffer<double> _gradient;
    private readonly AlignedBuffer<double> _deploymentGradient;
    private readonly AlignedBuffer<double> _outputGradients;
    private readonly AlignedBuffer<double> _deploymentOutputGradients;
    private readonly AlignedBuffer<double> _stepOutflow;
    private readonly AlignedBuffer<double> _stepInflow;
    private readonly double[] _outflow;
    private readonly double[] _inflow;

    public RawSweeps(TModel model, ExampleSet<double> training, ExampleSet<double> deployment)
    {
        _model = model;
        _training = training;
        _deployment = deployment;
        _users = training.SegmentsOf(0).Count;
        _items = training.SegmentsOf(1).Count;
        _itemOffset = model.Layout.Blocks[1].Offset;
        var length = model.Layout.StorageLength;
        (_weights, _gradient, _deploymentGradient) = (new(length), new(length), new(length));
        (_outputGradients, _deploymentOutputGradients) = (new(training.Count), new(deployment.Count));
        (_stepOutflow, _stepInflow) = (new(_users), new(_users));
        (_outflow, _inflow) = (new double[_users], new double[_users]);
    }

    /// <summary>Parameters in storage, of which the update moves every one.</summary>
    public int Parameters => _weights.Length;

    /// <summary>Draws the weights anew.</summary>
    public void Start(long seed)
    {
        var random = new RandomSource(seed);
        foreach (var block in _model.Layout.Blocks)
        {
            for (var row = 0; row < block.Rows; row++)
            {
                foreach (ref var weight in _weights.Span.Slice(block.Offset + row * block.Stride, block.Columns))
                {
                    weight = Plans.Deviation * random.NextGaussian();
                }
            }
        }
    }

    /// <summary>Trains for some steps.</summary>
    public void Run(int steps)
    {
        for (var step = 0; step < steps; step++)
        {
            DeploymentUsers();
            DeploymentItems();
            TrainingUsersWithOutflow();
            TrainingItems();
            Inflow();
            Update();
        }
    }

    /// <summary>The users' deployment gradient, and the deployment errors.</summary>
    public void DeploymentUsers() => _model.GradientSum(0, _deployment, 0, _users, _weights.Span, default,
        _deploymentOutputGradients.Span, _deploymentGradient.Span);

    /// <summary>The items' deployment gradient H.</summary>
    public void DeploymentItems() => _model.GradientSum(1, _deployment, 0, _items, _weights.Span, default,
        _deploymentOutputGradients.Span, _deploymentGradient.Span[_itemOffset..]);

    /// <summary>The users' training gradient, the training errors and the outflows, against H.</summary>
    public void TrainingUsersWithOutflow() => _model.GradientSumWithFlow(_training, 0, _users, _weights.Span, default,
        _deploymentGradient.Span, _outputGradients.Span, _gradient.Span, _stepOutflow.Span);

    /// <summary>The items' training gradient G.</summary>
    public void TrainingItems() => _model.GradientSum(1, _training, 0, _items, _weights.Span, default,
        _outputGradients.Span, _gradient.Span[_itemOffset..]);

    /// <summary>The inflows, against G.</summary>
    public void Inflow() => _model.Flow(_deployment, 0, _users, _weights.Span, default, _gradient.Span,
        _deploymentOutputGradients.Span, _stepInflow.Span);

    /// <summary>Moves the weights and adds the flows up.</summary>
    public void Update()
    {
        // Not TensorPrimitives.MultiplyAdd: beyond 256 KB it stores past the caches, and the next step then waits a tenth
        // of its time for the weights to come back.
        var weights = _weights.Span;
        ReadOnlySpan<double> gradient = _gradient.Span;
        for (var i = 0; i < weights.Length; i += Vector512<double>.Count)
        {
            var moved = Vector512.Create<double>(weights[i..]) - Plans.StepSize * Vector512.Create(gradient[i..]);
            moved.CopyTo(weights[i..]);
        }

        TensorPrimitives.MultiplyAdd<double>(_stepInflow.Span, Plans.StepSize, _inflow, _inflow);
        TensorPrimitives.MultiplyAdd<double>(_stepOutflow.Span, Plans.StepSize, _outflow, _outflow);
    }

    /// <summary>The root of the mean squared deployment error.</summary>
    public double Rmse()
    {
        var outputs = new double[_deployment.Count];
        _model.Predict(_deployment, 0, _users, _weights.Span, outputs);
        return TensorPrimitives.Distance(outputs, _deployment.Labels) / Math.Sqrt(outputs.Length);
    }
}
