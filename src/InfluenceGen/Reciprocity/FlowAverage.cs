using System.Globalization;
using InfluenceGen.Examples;

namespace InfluenceGen.Reciprocity;

/// <summary>Which runs count for an individual's average flow.</summary>
public enum Averaging
{
    /// <summary>Every run; a flow is 0 in a run that has no examples of the individual to measure it by. For individuals
    /// with many examples, who are in both sets of nearly every split.</summary>
    EveryRun,

    /// <summary>For inflow the runs in which the individual has deployment examples, for outflow those in which it has
    /// training examples, for self-influence those in which it has both. For individuals with one example, who are in one
    /// set or the other; give <see cref="Flows.PerExample"/> of each run.</summary>
    RunsMeasured,
}

/// <summary>
/// Mean and spread of flows over runs: over random splits, over initialisations of one split, or over splits of the means
/// over initialisations. Runs are added one by one and not kept (Welford's recurrence).
/// </summary>
public sealed class FlowAverage
{
    private readonly Averaging _averaging;
    private Individuals? _individuals;
    private (int Training, int Deployment) _counts;
    private (double Training, double Deployment) _weights;
    private Spread[] _inflow = [];
    private Spread[] _outflow = [];
    private Spread[] _self = [];
    private Spread[] _inflowError = [];
    private Spread[] _outflowError = [];
    private bool[] _trains = [];
    private bool[] _isPredictedFor = [];

    /// <summary>An average over no run yet.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such way to average.</exception>
    public FlowAverage(Averaging averaging)
    {
        Settings.RequireDefined(averaging);
        _averaging = averaging;
    }

    /// <summary>How many runs were added.</summary>
    public int Runs { get; private set; }

    /// <summary>The mean flows.</summary>
    /// <exception cref="InvalidOperationException">No run was added.</exception>
    public Flows Mean => new(Individuals, [.. _inflow.Select(flow => flow.Mean)], [.. _outflow.Select(flow => flow.Mean)],
        [.. _self.Select(flow => flow.Mean)], _trains, _isPredictedFor, _counts.Training, _counts.Deployment,
        [.. _inflowError.Select(error => error.Mean)], [.. _outflowError.Select(error => error.Mean)])
    {
        TrainingWeight = _weights.Training,
        DeploymentWeight = _weights.Deployment,
    };

    /// <summary>
    /// The signal-to-noise ratio of inflows, mean / standard deviation over runs (of the population: divided by the number
    /// of runs, as NumPy does by default), for the individuals, by code, who were measured twice and whose flow varied.
    /// </summary>
    /// <exception cref="InvalidOperationException">No run was added.</exception>
    public double[] InflowSignalToNoise() => SignalToNoise(_inflow);

    /// <summary>The signal-to-noise ratio of outflows; see <see cref="InflowSignalToNoise"/>.</summary>
    /// <exception cref="InvalidOperationException">No run was added.</exception>
    public double[] OutflowSignalToNoise() => SignalToNoise(_outflow);

    /// <summary>Adds a run.</summary>
    /// <exception cref="ArgumentException">It has other individuals, by name, or sets of another size, than those before.</exception>
    public void Add(Flows run)
    {
        ArgumentNullException.ThrowIfNull(run);
        if (_individuals is null)
        {
            Start(run);
        }

        var codes = run.Individuals.CodesIn(Individuals);
        if (codes is not null)
        {
            RequireSamePeople(run.Individuals, codes);
        }

        if (_counts != (run.TrainingCount, run.DeploymentCount))
        {
            throw new ArgumentException(
                $"The run has {run.TrainingCount} training and {run.DeploymentCount} deployment examples, those before it {_counts.Training} and {_counts.Deployment}. Average flows per example (Flows.PerExample) where the sizes differ.",
                nameof(run));
        }

        if (Differ(_weights.Training, run.TrainingWeight) || Differ(_weights.Deployment, run.DeploymentWeight))
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                $"The run's training and deployment examples weigh {run.TrainingWeight:G6} and {run.DeploymentWeight:G6}, those of the runs before it {_weights.Training:G6} and {_weights.Deployment:G6}. Average flows per example (Flows.PerExample) where the weights differ."),
                nameof(run));
        }

        Runs++;
        for (var u = 0; u < _inflow.Length; u++)
        {
            var (own, trains, isPredictedFor) = (codes is null ? u : codes[u], run.Trains(u), run.IsPredictedFor(u));
            _trains[own] |= trains;
            _isPredictedFor[own] |= isPredictedFor;
            var every = _averaging == Averaging.EveryRun;
            Add(ref _inflow[own], run.Inflow[u], every || isPredictedFor);
            Add(ref _outflow[own], run.Outflow[u], every || trains);
            Add(ref _inflowError[own], run.InflowError[u], every || isPredictedFor);
            Add(ref _outflowError[own], run.OutflowError[u], every || trains);
            Add(ref _self[own], run.Self[u], every || (trains && isPredictedFor));
        }
    }

    private Individuals Individuals => _individuals ?? throw new InvalidOperationException("No run was added yet.");

    private void RequireSamePeople(Individuals people, int[] codes)
    {
        var strange = Array.IndexOf(codes, -1);
        if (strange >= 0)
        {
            throw new ArgumentException(
                $"The run has other individuals than those before it: it has {DataFile.Quote(people[strange])}. Average runs over the same people.",
                "run");
        }

        if (codes.Length < Individuals.Count)
        {
            var missing = Enumerable.Range(0, Individuals.Count).Except(codes).First();
            throw new ArgumentException(
                $"The run has other individuals than those before it: it does not have {DataFile.Quote(Individuals[missing])}. Average runs over the same people.",
                "run");
        }
    }

    /// <summary>Whether sums of weights differ by more than the order that they were added up in.</summary>
    private static bool Differ(double sum, double other) => Math.Abs(sum - other) > 1e-9 * sum;

    private static void Add(ref Spread flow, double value, bool counts)
    {
        if (counts)
        {
            flow.Add(value);
        }
    }

    private void Start(Flows run)
    {
        _individuals = run.Individuals;
        _counts = (run.TrainingCount, run.DeploymentCount);
        _weights = (run.TrainingWeight, run.DeploymentWeight);
        var count = _individuals.Count;
        (_inflow, _outflow, _self) = (new Spread[count], new Spread[count], new Spread[count]);
        (_inflowError, _outflowError) = (new Spread[count], new Spread[count]);
        (_trains, _isPredictedFor) = (new bool[count], new bool[count]);
    }

    private double[] SignalToNoise(Spread[] flows)
    {
        _ = Individuals;
        return [.. flows.Where(flow => flow.Deviation > 0).Select(flow => flow.Mean / flow.Deviation)];
    }

    private struct Spread
    {
        private int _count;
        private double _squares;

        public double Mean { get; private set; }

        public readonly double Deviation => _count == 0 ? 0 : Math.Sqrt(_squares / _count);

        public void Add(double value)
        {
            _count++;
            var distance = value - Mean;
            Mean += distance / _count;
            _squares += distance * (value - Mean);
        }
    }
}
