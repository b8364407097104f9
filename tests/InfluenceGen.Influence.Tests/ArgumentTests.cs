using System.Reflection;
using InfluenceGen.Examples;
using InfluenceGen.Influence.Dynamic;
using InfluenceGen.Influence.Evaluation;
using InfluenceGen.Influence.Retraining;
using InfluenceGen.Influence.Static;
using InfluenceGen.Influence.Values;
using InfluenceGen.Reciprocity;
using InfluenceGen.Training;
using Xunit;

namespace InfluenceGen.Influence.Tests;

/// <summary>What public methods do with null, numbers that are none, enum values that are none and indices out of range, by reflection over
/// all that can be called with objects.</summary>
public class ArgumentTests
{
    private static readonly ExampleSet<double> _set = ExampleSet<double>.FromFeatures([1.0, 2.0, 4.0, 3.0, 0.5, 2.5], 1, [1.0, 0.0, 1.0, 0.0, 1.0, 0.0]);
    private static readonly GradientDescent _plan = GradientDescent.FullBatch(2, 0.1) with { WeightDecay = WeightDecay.OnAll(0.1) };
    private static readonly Fit<Logistic.Model, double> _fit = Trainer.Train(new Logistic.Model(1), _set, _plan, new Trajectory<double>());
    private static readonly InfluenceScores<double> _scores = _fit.Influence(new InfluenceFunctions(), _set);
    private static readonly Retrainer<Logistic.Model, double> _retrainer = _fit.Retrainer(Removal.Fixed, RetrainBy.Plan);
    private static readonly LeaveOneOut<Logistic.Model, double> _leaveOneOut = new(new Logistic.Model(1), _set, _plan, Removal.Fixed);
    private static readonly LeftOut _leftOut = _retrainer.LeaveOneOut(_set, 2);
    private static readonly Game _game = Game.Of(3, coalition => coalition.Count);
    private static readonly Flows _flows = MarginalFlows.Of(_leaveOneOut, _set);

    /// <summary>What each parameter is given where another one is strange.</summary>
    private static readonly object[] _usual =
    [
        _set, _plan, _fit, _scores, _retrainer, _leaveOneOut, _leftOut, _flows, new Logistic.Model(1), (int[][])[[0, 1]], (Action<int>)(_ => { }),
        (ScoreVisitor<double>)((_, _) => { }), (InfluenceVisitor)((_, _) => { }), new InfluenceOptions(), _set.Individuals, _fit.Trajectory!,
        (Func<long, Fit<Logistic.Model, double>>)(_ => _fit), (List<long>)[1, 2], "a", (StepSize)0.1, new double[2, 6],
        _game, Players.Examples, (CoalitionUtility)(coalition => coalition.Count), Semivalue.Shapley, new double[,] { { 0 }, { 1 } },
        new Standardisation[] { Standardisation.Fit(_set) }[0], RowPenalty.OwnCounts,
    ];

    /// <summary>The objects whose methods are called; null stands for static ones alone.</summary>
    private static readonly (Type Type, object? Instance)[] _subjects =
    [
        (typeof(Fit<Logistic.Model, double>), _fit), (typeof(FitQuestions), null), (typeof(InfluenceScores<double>), _scores),
        (typeof(ExampleSet<double>), _set),
        (typeof(Retrainer<Logistic.Model, double>), _retrainer), (typeof(LeaveOneOut<Logistic.Model, double>), _leaveOneOut),
        (typeof(GroupInfluences<double>), _fit.GroupInfluence(new FirstOrderGroup(), [[0, 1]], _set)),
        (typeof(Representers<double>), _fit.Representers(new RepresenterPoints(), _set)), (typeof(Flows), _flows), (typeof(Individuals), _set.Individuals),
        (typeof(FlowAverage), new FlowAverage(Averaging.EveryRun)), (typeof(StepSize), (StepSize)0.1),
        (typeof(Trainer), null), (typeof(ExpectedInfluence), null), (typeof(OnlineTracIn), null), (typeof(MarginalFlows), null),
        (typeof(LinearDatamodelingScore), null), (typeof(RetrainingCorrelation), null), (typeof(GradientDescent), null), (typeof(Checkpoints), null),
        (typeof(Standardisation), Standardisation.Fit(_set)), (typeof(RowPenalty), null), (typeof(Solver), null), (typeof(HydraFull), new HydraFull()),
        (typeof(HydraFast), new HydraFast()), (typeof(TracInAnomaly), new TracInAnomaly()), (typeof(Initialisation), null), (typeof(CheckpointSelection), null),
        (typeof(RandomProjection), null), (typeof(Game), _game), (typeof(PlayerValues), new ExactShapley().Of(_game)), (typeof(Stopping), null),
        (typeof(Semivalue), Semivalue.Shapley), (typeof(ExactShapley), new ExactShapley()), (typeof(LeaveOneOutValue), new LeaveOneOutValue()),
        (typeof(PermutationShapley), new PermutationShapley()), (typeof(BanzhafSampleReuse), new BanzhafSampleReuse()),
        (typeof(InteractionValues), new ShapleyInteraction().Of(_game)),
        (typeof(ValueSample), new RegressionAdjustedValue().Sample(_game)),
        (typeof(Downsampling), new Downsampling { Count = 20, Share = 0.5 }), (typeof(ConsistencyScore), new ConsistencyScore { Shares = [0.5], Count = 4 }),
        (typeof(DownsampledModels), new Downsampling { Count = 20, Share = 0.5 }.Sample(_fit, _set)), (typeof(LeaveOneOutUnfairness), new LeaveOneOutUnfairness()),
        (typeof(EstimatedValues), new Downsampling { Count = 20, Share = 0.5 }.Of(_fit, _set)), (typeof(DataOob), new DataOob { Count = 40 }), (typeof(InfluenceSketch), new InfluenceSketch()),
        (typeof(NearestNeighbourShapley), new NearestNeighbourShapley()), (typeof(NearestNeighbourLeaveOneOut), new NearestNeighbourLeaveOneOut()),
        (typeof(ThresholdNeighbourShapley), new ThresholdNeighbourShapley { Threshold = 1 }), (typeof(WeightedNeighbourShapley), new WeightedNeighbourShapley { Bandwidth = 1 }),
        (typeof(FlippedPredictions), new LeaveOneOutUnfairness().Of(_fit, _set)),
    ];

    // Settings of structs are looked at where they are used: SettingsTests.
    [Fact]
    public void Strange_arguments_are_refused_by_their_names()
    {
        var (problems, calls) = (new List<string>(), 0);
        foreach (var (type, instance) in _subjects)
        {
            foreach (var method in type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
            {
                if (Closed(method) is { ReturnType.IsByRefLike: false } closed && (closed.IsStatic || instance is not null) && !closed.Name.StartsWith("op_", StringComparison.Ordinal)
                    && !(closed.Name.StartsWith("set_", StringComparison.Ordinal) && type.IsValueType)
                    && closed.Name is not ("Equals" or "GetHashCode" or "Deconstruct" or "Converged" or "ConvergedLastLayer")
                    && closed.GetParameters() is { Length: > 0 } parameters && Usual(parameters) is { } usual)
                {
                    for (var p = 0; p < parameters.Length; p++)
                    {
                        foreach (var (strange, mustThrow) in StrangeFor(parameters[p]))
                        {
                            var arguments = (object?[])usual.Clone();
                            arguments[p] = strange;
                            calls++;
                            if (Problem(closed, instance, arguments, parameters[p], mustThrow) is { } problem)
                            {
                                problems.Add($"{type.Name}.{closed.Name}({parameters[p].Name}: {strange ?? "null"}): {problem}");
                            }
                        }
                    }
                }
            }
        }

        Assert.True(problems.Count == 0, string.Join(Environment.NewLine, problems));
        Assert.InRange(calls, 80, int.MaxValue);
    }

    private static string? Problem(MethodInfo method, object? instance, object?[] arguments, ParameterInfo parameter, bool mustThrow)
    {
        try
        {
            method.Invoke(instance, arguments);
            return mustThrow ? "is taken" : null;
        }
        catch (TargetInvocationException outer)
        {
            return outer.InnerException switch
            {
                ArgumentException { ParamName: var name } when name == parameter.Name => null,
                ArgumentException { ParamName: var name } => $"names {name ?? "nothing"}",
                InvalidOperationException when !mustThrow => null,
                KeyNotFoundException when !mustThrow => null,
                var inner => $"{inner!.GetType().Name}: {inner.Message}",
            };
        }
    }

    private static IEnumerable<(object? Value, bool MustThrow)> StrangeFor(ParameterInfo parameter)
    {
        var type = parameter.ParameterType;
        if (!type.IsValueType && new NullabilityInfoContext().Create(parameter).WriteState == NullabilityState.NotNull)
        {
            yield return (null, true);
            if (type.IsAssignableFrom(typeof(int[][])))
            {
                yield return (new int[][] { [0], null! }, true);
                yield return (new int[][] { [0], [-1] }, true);
                yield return (new int[][] { [0], [6] }, parameter.Member.Name != nameof(GradientDescent.Batches));
            }
        }
        else if (type.IsEnum)
        {
            yield return (Enum.ToObject(type, 99), true);
        }
        else if (type == typeof(double))
        {
            yield return (double.NaN, true);
            yield return (-double.NaN, true);
        }
        else if (type == typeof(int))
        {
            yield return (-1, true);
            if (IsIndex(parameter))
            {
                yield return (1000, true);
            }
        }
    }

    private static bool IsIndex(ParameterInfo parameter) =>
        parameter.Name is "test" or "training" or "utility" or "player" or "of" or "group" or "individual" or "output" or "column" or "pass" or "code" or "example";

    private static object?[]? Usual(ParameterInfo[] parameters)
    {
        var usual = new object?[parameters.Length];
        for (var p = 0; p < usual.Length; p++)
        {
            var type = parameters[p].ParameterType;
            if (type.IsByRefLike || type.IsByRef)
            {
                return null;
            }

            usual[p] = _usual.FirstOrDefault(type.IsInstanceOfType)
                ?? (type == typeof(int) ? (IsIndex(parameters[p]) ? 0 : 2) : type == typeof(double) ? 0.5 : type == typeof(long) ? 1L : null);
            if (usual[p] is null && type.IsValueType && Nullable.GetUnderlyingType(type) is null)
            {
                usual[p] = Activator.CreateInstance(type);
            }

            if (usual[p] is null && !parameters[p].HasDefaultValue)
            {
                return null;
            }
        }

        return usual;
    }

    private static MethodInfo? Closed(MethodInfo method)
    {
        if (!method.IsGenericMethodDefinition)
        {
            return method;
        }

        Type[] closed = [.. method.GetGenericArguments().Select(argument => argument.Name switch
        {
            "T" => typeof(double),
            "TModel" => typeof(Logistic.Model),
            "TSelection" => typeof(GreedyGroup),
            _ when argument.GetGenericParameterConstraints().Contains(typeof(IGroupMethod)) => typeof(FirstOrderGroup),
            _ when argument.GetGenericParameterConstraints().Contains(typeof(IRepresenterMethod)) => typeof(RpsLje),
            _ when argument.GetGenericParameterConstraints().Contains(typeof(IValueMethod)) => typeof(LeaveOneOutValue),
            _ => typeof(InfluenceFunctions),
        })];
        return method.MakeGenericMethod(closed);
    }
}
