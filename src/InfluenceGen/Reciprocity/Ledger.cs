using System.Collections.Immutable;
using System.Numerics;
using System.Numerics.Tensors;
using InfluenceGen.Examples;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using InfluenceGen.Training;

namespace InfluenceGen.Reciprocity;

/// <summary>
/// Accounts, while a model trains, what each individual's training examples did for the deployment loss of the others
/// and what the others' did for its own: the TracIn influence Σ_t η_t red c_z g_z · g_z′ summed over pairs (Sundararajan
/// and Krichene, Eqs. (2) to (4)), own pairs excluded exactly. Sums come before products, so a step costs
/// O((|B| + |Z′|) p), and O((|B| + |Z′|) d) for a factorization of rank d, instead of a product for every pair (Eq. (5)).
/// </summary>
/// <remarks>
/// A ledger holds the account of the training it observed last, and watches one at a time: Train refuses one that is given twice, or that
/// watches another training at that moment. Once a training has ended it may be read by any number of threads. Deployment gradients are those of the deployment loss as
/// the set defines it: what regularisation it carries is <see cref="ExampleSet{T}.Penalty"/>. Weight decay, the model's L2
/// and the examples' coefficients enter as they do in the update: coefficients scale the training side only, decay and L2 are
/// nobody's.
/// </remarks>
/// <typeparam name="TModel">The generated struct.</typeparam>
/// <typeparam name="T">double or float.</typeparam>
public sealed class Ledger<TModel, T> : ITrainingObserver<T>
    where TModel : struct, IModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Roundings of a dot of gradients, beside those of adding up.
    private const int FewRoundings = 16;

    private readonly TModel _model;
    private readonly ExampleSet<T> _training;

    // The training set with the individuals of both sets.
    private readonly ExampleSet<T> _counted;
    private readonly ExampleSet<T> _deployment;
    private readonly SharedGroups<T>[] _groups;
    private readonly AlignedBuffer<T> _deploymentGradient;
    private readonly AlignedBuffer<T> _outputGradients;
    private readonly AlignedBuffer<T> _trainingFlows;
    private readonly AlignedBuffer<T> _deploymentFlows;

    // Sums over steps: of flows by example (by user where rows are owned), of outflows of mini-batches by individual, and
    // of self-influence by individual, apart for owned rows and for parameters that others read too. What is subtracted from flows leaves
    // rounding behind, as large as its parts were: their sizes are summed too.
    private readonly T[] _outflowByPlace;
    private readonly T[] _inflowByPlace;
    private readonly T[] _outflow;
    private readonly T[] _ownedSelf;
    private readonly T[] _sharedSelf;
    private readonly T[] _sharedSize;
    private int _steps;
    private readonly OwnedRows<T>? _ownedRows;

    private SweepRunner<TModel, T> _sweeps;
    private OwnPairs<TModel, T>[] _ownPairs = [];
    private FirstOrderCheck<TModel, T>? _check;
    private readonly Dictionary<int, Flows> _milestones = [];
    private Flows? _flows;

    /// <summary>A ledger for trainings on one set, to the account of another. The sets are matched by name; individuals are those
    /// of either set, of whom those without a name in different readings are different people.</summary>
    /// <param name="model">The generated struct.</param>
    /// <param name="training">The training set Z.</param>
    /// <param name="deployment">The deployment set Z′.</param>
    /// <exception cref="ArgumentException">A set is not one the model reads, or the sets do not have the same features,
    /// labels, users or items.</exception>
    public Ledger(TModel model, ExampleSet<T> training, ExampleSet<T> deployment)
    {
        ModelData.RequireFit(model, training, nameof(training));
        deployment = ModelData.Matched(model, training, deployment, nameof(deployment));
        _model = model;
        _training = training;
        (_counted, _deployment) = ExampleSet<T>.Together(training, deployment, nameof(deployment));
        _sweeps = new SweepRunner<TModel, T>(model, new WorkerTeam(1));
        if (_sweeps.HasTables && !model.OwnsRows)
        {
            throw new ArgumentException(
                "The rows of the model's first table are not the individuals' own; flows between its users are not defined.",
                nameof(model));
        }

        _groups = SharedIn(model.Layout, _counted, _deployment);
        _deploymentGradient = new AlignedBuffer<T>(model.Layout.StorageLength);
        _outputGradients = new AlignedBuffer<T>(deployment.Count, model.OutputStride);
        _trainingFlows = new AlignedBuffer<T>(_sweeps.FlowLength(training));
        _deploymentFlows = new AlignedBuffer<T>(_sweeps.FlowLength(deployment));
        _outflowByPlace = new T[_trainingFlows.Length];
        _inflowByPlace = new T[_deploymentFlows.Length];
        _outflow = new T[_counted.Individuals.Count];
        _ownedSelf = new T[_counted.Individuals.Count];
        _sharedSelf = new T[_counted.Individuals.Count];
        _sharedSize = new T[_counted.Individuals.Count];
        _ownedRows = model.OwnsRows
            ? new OwnedRows<T>(model.Layout.Blocks.AsSpan()[model.Layout.BlocksOf(0)], _ownedSelf, _deploymentGradient)
            : null;
    }

    /// <summary>
    /// Whether each step's first-order reduction of the deployment loss is compared with the actual one, at the cost of
    /// one more sweep over the deployment set (see <see cref="Discrepancy"/>). To be set before training starts.
    /// </summary>
    public bool ChecksFirstOrder { get; set; }

    /// <summary>
    /// Numbers of steps after which the flows so far are kept, to be asked for with <see cref="FlowsAfter"/>: flows are sums
    /// over steps, so one training tells how reciprocity changes as training goes on. To be set before training starts.
    /// </summary>
    public ImmutableArray<int> Milestones { get; set => field = value.IsDefault ? [] : value; } = [];

    /// <summary>What each individual got, gave, and did for itself.</summary>
    /// <exception cref="InvalidOperationException">No training that this ledger observed has ended.</exception>
    public Flows Flows => _flows
        ?? throw new InvalidOperationException("This ledger has not observed a completed training; pass it to Train.");

    /// <summary>What each individual got, gave, and did for itself in the first <paramref name="steps"/> steps.</summary>
    /// <param name="steps">One of <see cref="Milestones"/>.</param>
    /// <exception cref="ArgumentException">It is none, or the training had fewer steps.</exception>
    /// <exception cref="InvalidOperationException">No training that this ledger observed has ended.</exception>
    public Flows FlowsAfter(int steps)
    {
        _ = Flows;
        return _milestones.TryGetValue(steps, out var flows)
            ? flows
            : throw new ArgumentException(
                $"The flows after {steps} steps were not kept: name the number among Milestones, and train that long.",
                nameof(steps));
    }

    /// <summary>How far inflow and outflow balance.</summary>
    /// <exception cref="InvalidOperationException">No training that this ledger observed has ended.</exception>
    public ReciprocityMeasures Reciprocity => Flows.Reciprocity;

    /// <summary>Σ ℓ over the deployment set before each step and after the last, T + 1 numbers.</summary>
    /// <exception cref="InvalidOperationException"><see cref="ChecksFirstOrder"/> was not set, or no training has
    /// ended.</exception>
    public ImmutableArray<double> DeploymentLoss => Check.Losses;

    /// <summary>
    /// Each step's first-order reduction of the deployment loss, η_t red (Σ c_z g_z) · (Σ g_z′): the sum of all inflows
    /// and of all self-influence of the step.
    /// </summary>
    /// <exception cref="InvalidOperationException"><see cref="ChecksFirstOrder"/> was not set, or no training has
    /// ended.</exception>
    public ImmutableArray<double> FirstOrderReduction => Check.Reductions;

    /// <summary>
    /// Each step's |first-order reduction − actual reduction| / |actual reduction| of the deployment loss (Sundararajan
    /// and Krichene, Remark 3.2 and Fig. 8); infinite where the loss did not change at all.
    /// </summary>
    /// <exception cref="InvalidOperationException"><see cref="ChecksFirstOrder"/> was not set, or no training has
    /// ended.</exception>
    public ImmutableArray<double> Discrepancy => Check.Discrepancy();

    private FirstOrderCheck<TModel, T> Check => _flows is not null && _check is not null
        ? _check
        : throw new InvalidOperationException(
            "The first-order reduction was not compared: set ChecksFirstOrder, and pass the ledger to Train.");

    void ITrainingObserver<T>.Begin(TrainingStep<T> step)
    {
        if (!ReferenceEquals(step.Training, _training))
        {
            throw new ArgumentException("This ledger is for another training set; make one for the set that is trained on.");
        }

        if (step.Momentum > 0)
        {
            throw new ArgumentException(
                "A ledger accounts steps that take away their own gradient; with momentum a step also takes away those of earlier ones. Train without momentum.");
        }

        _flows = null;
        _milestones.Clear();
        _sweeps = new SweepRunner<TModel, T>(_model, step.Team);
        _ownPairs = [.. _groups.Select(groups => new OwnPairs<TModel, T>(groups, _sweeps, step))];
        _check = ChecksFirstOrder ? new FirstOrderCheck<TModel, T>(_deployment, step.Steps) : null;
        Array.Clear(_outflowByPlace);
        Array.Clear(_inflowByPlace);
        Array.Clear(_outflow);
        Array.Clear(_ownedSelf);
        Array.Clear(_sharedSelf);
        Array.Clear(_sharedSize);
        _steps = 0;
    }

    void ITrainingObserver<T>.BeforeGradient(TrainingStep<T> step)
    {
        _sweeps.GradientSum(_deployment, step.Weights, null, _outputGradients, _deploymentGradient);
        step.RequestFlow(_deploymentGradient, _trainingFlows);
        _check?.RecordLoss(_sweeps, step.Weights);
    }

    void ITrainingObserver<T>.AfterGradient(TrainingStep<T> step)
    {
        _sweeps.Flow(_deployment, step.Weights, null, step.Gradient, _outputGradients, _deploymentFlows);
        var factor = T.CreateTruncating(step.Factor);
        TensorPrimitives.MultiplyAdd<T>(_deploymentFlows.Span, factor, _inflowByPlace, _inflowByPlace);
        if (step.IsFullBatch)
        {
            TensorPrimitives.MultiplyAdd<T>(_trainingFlows.Span, factor, _outflowByPlace, _outflowByPlace);
        }
        else
        {
            AddBatchOutflow(step.Batch, factor);
        }

        _steps++;
        _ownedRows?.Add(step);
        foreach (var pairs in _ownPairs)
        {
            pairs.AddTo(_sharedSelf, _sharedSize, step, _outputGradients.Span);
        }

        _check?.RecordReduction(step.Factor, step.Gradient.Span, _deploymentGradient.Span);
        if (Milestones.Contains(step.Number + 1))
        {
            _milestones[step.Number + 1] = FlowsSoFar();
        }
    }

    void ITrainingObserver<T>.End(TrainingStep<T> step)
    {
        _check?.RecordLoss(_sweeps, step.Weights);
        _flows = FlowsSoFar();
    }

    /// <summary>Where individuals meet themselves in parameters that others read too: in items' rows, and in blocks that every example
    /// reads.</summary>
    private static SharedGroups<T>[] SharedIn(ParameterLayout layout, ExampleSet<T> training, ExampleSet<T> deployment)
    {
        var groups = new List<SharedGroups<T>>();
        for (var pass = layout.HasTables ? 1 : 0; pass < layout.Passes; pass++)
        {
            groups.Add(new SharedGroups<T>(training, deployment, ofIndividuals: !layout.IsOfTables(pass)));
        }

        return [.. groups.Where(shared => shared.Count > 0)];
    }

    private Flows FlowsSoFar()
    {
        var individuals = _counted.Individuals;
        var (inflow, outflow) = (new T[individuals.Count], _outflow.AsSpan().ToArray());
        var (inflowError, outflowError) = (new double[individuals.Count], new double[individuals.Count]);
        for (var u = 0; u < outflow.Length; u++)
        {
            outflowError[u] = Math.Abs(double.CreateChecked(outflow[u]));
        }

        var (deployed, trained) = (CountsOf(_deployment), CountsOf(_counted));
        Scatter(_inflowByPlace, _deployment, inflow, inflowError);
        Scatter(_outflowByPlace, _counted, outflow, outflowError);
        var (getting, giving, self) = (new double[inflow.Length], new double[inflow.Length], new double[inflow.Length]);
        for (var u = 0; u < inflow.Length; u++)
        {
            getting[u] = double.CreateChecked(inflow[u] - _sharedSelf[u]);
            giving[u] = double.CreateChecked(outflow[u] - _sharedSelf[u]);
            self[u] = double.CreateChecked(_ownedSelf[u] + _sharedSelf[u]);
            inflowError[u] = (inflowError[u] + double.CreateChecked(_sharedSize[u])) * Rounding(deployed[u]);
            outflowError[u] = (outflowError[u] + double.CreateChecked(_sharedSize[u])) * Rounding(trained[u]);
            if (!double.IsFinite(getting[u] + giving[u] + self[u]))
            {
                throw new ArithmeticException(
                    $"The flows of individual '{individuals[u]}' are not finite although the weights are: the gradients are too large to multiply. Use a smaller step size.");
            }
        }

        return Flows.Between(_counted, _deployment, getting, giving, self, inflowError, outflowError);
    }

    /// <summary>The relative error that rounding can leave in a flow that steps and examples were added up to, by the sum of their sizes.</summary>
    private double Rounding(int examples) => (_steps + examples + FewRoundings) * double.CreateChecked(T.BitIncrement(T.One) - T.One);

    private static int[] CountsOf(ExampleSet<T> examples)
    {
        var counts = new int[examples.Individuals.Count];
        foreach (var individual in examples.IndividualOf)
        {
            counts[individual]++;
        }

        return counts;
    }

    private void AddBatchOutflow(ExampleSet<T> batch, T factor)
    {
        var flows = _trainingFlows.Span;
        if (_model.OwnsRows)
        {
            foreach (var user in batch.SegmentsOf(0).Targets)
            {
                _outflow[user] += factor * flows[user];
            }

            return;
        }

        for (var i = 0; i < batch.Count; i++)
        {
            _outflow[batch.IndividualOf[i]] += factor * flows[i];
        }
    }

    private void Scatter(ReadOnlySpan<T> byPlace, ExampleSet<T> examples, Span<T> byIndividual, Span<double> sizes)
    {
        for (var place = 0; place < byPlace.Length; place++)
        {
            var individual = _model.OwnsRows ? place : examples.IndividualOf[place];
            byIndividual[individual] += byPlace[place];
            sizes[individual] += Math.Abs(double.CreateChecked(byPlace[place]));
        }
    }
}
