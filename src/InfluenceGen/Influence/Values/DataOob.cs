using System.Collections.Immutable;
using System.Numerics;
using System.Numerics.Tensors;
using InfluenceGen.Examples;
using InfluenceGen.Influence.Evaluation;
using InfluenceGen.Influence.Retraining;
using InfluenceGen.Influence.Sources;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using InfluenceGen.Training;

namespace InfluenceGen.Influence.Values;

/// <summary>
/// Data-OOB (Kwon and Zou, 2023): models are trained on bootstrap samples, n examples drawn with replacement, and a training example's
/// value is the mean utility that the models have for it that did not draw it, ψ_i = Σ_b 1[i not in b] T(z_i; θ_b) / Σ_b 1[i not in b].
/// <b>Small: the others contradict it</b>, as where its label is wrong.
/// </summary>
/// <remarks>
/// <para>It needs no test set, and every model counts for some 37% of the examples. It says how well the others foretell an example,
/// which is not what the example does for anybody else.</para>
/// <para>To the minimum, an example that is drawn twice weighs double, and samples without a minimum, or with several, get a model by one
/// rule, which the notes count. By the plan, each sample is a training set of its own, with the plan's start and batches. Of examples
/// with weights, what is drawn is examples, each with its weight.</para>
/// </remarks>
public readonly record struct DataOob()
{
    private readonly int? _count;

    /// <summary>B, how many samples; 500 where nothing is said.</summary>
    public int Count
    {
        get => _count ?? 500;
        init => _count = value;
    }

    /// <summary>Fixes the samples, of which number b is a function of this and b.</summary>
    public long Seed { get; init; }

    /// <summary>To the minimum, or by the plan.</summary>
    public RetrainBy By { get; init; }

    /// <summary>T: minus the loss, or, as the authors have it, whether the class is predicted.</summary>
    public ExampleUtility Utility { get; init; }

    /// <summary>The value of every training example, with standard errors over samples.</summary>
    /// <param name="fit">The model to train again.</param>
    /// <param name="options">Threads, progress, cancellation, and how long it may take.</param>
    /// <returns>A player for each training example, one utility.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer than two samples.</exception>
    /// <exception cref="InvalidOperationException">The model is a factorization, an example is in all samples but one or none, a sample's
    /// labels have no finite start, or training would take longer than the budget.</exception>
    /// <exception cref="TrainingDivergedException">A training diverged.</exception>
    /// <exception cref="ArithmeticException">A number is not finite.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public EstimatedValues Of<TModel, T>(Fit<TModel, T> fit, InfluenceOptions? options = null)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(fit);
        Settings.RequireDefined(By);
        ArgumentOutOfRangeException.ThrowIfLessThan(Count, 2);
        ExampleUtilities.Require<TModel, T>(fit.Model, Utility);
        if (fit.Training.TableCount > 0)
        {
            throw new InvalidOperationException(
                "What is out of a sample of a factorization may name rows that nobody in it does, of which its model knows nothing. Value its individuals by leaving them out (LeaveOneOut).");
        }

        var n = fit.Training.Count;
        var (moments, near, draws) = (new Moments[n], new double[n], new int[n]);
        ExampleUtilities.Write(fit, fit.Training, Utility, near);
        var seed = Seed;
        var notes = By == RetrainBy.Minimum || By == RetrainBy.Automatic && fit.Model.HasLinearOutputs
            ? ToTheMinimum(fit, options, Add)
            : ByThePlan(fit, options, Add);
        var (values, errors) = (new double[n], new double[n]);
        for (var i = 0; i < n; i++)
        {
            if (moments[i].Count < 2)
            {
                throw new InvalidOperationException($"Training {FiniteResults.Name(fit.Training, i)} is out of {moments[i].Count} of {Count} samples; two are the least. Take more (Count).");
            }

            var name = FiniteResults.Name(fit.Training, i);
            values[i] = FiniteResults.Require(near[i] + moments[i].Mean, "mean utility for " + name);
            errors[i] = FiniteResults.Require(Math.Sqrt(moments[i].VarianceOfMean), "standard error for " + name);
        }

        return new(values, errors, 1, Count, notes);

        void Add(int sample, ReadOnlySpan<double> utilities)
        {
            WriteDraws(seed, sample, draws);
            for (var i = 0; i < n; i++)
            {
                moments[i] = draws[i] == 0 ? moments[i].And(utilities[i] - near[i]) : moments[i];
            }
        }
    }

    /// <summary>How often each example is in a sample.</summary>
    internal static void WriteDraws(long seed, int sample, Span<int> draws)
    {
        var random = new CounterRandom(seed, sample);
        draws.Clear();
        for (var i = 0; i < draws.Length; i++)
        {
            draws[random.NextBelow(draws.Length)]++;
        }
    }

    /// <summary>A set in which every example stands as often as it was ever drawn, of which each sample is a part.</summary>
    private ImmutableArray<string> ToTheMinimum<TModel, T>(Fit<TModel, T> fit, InfluenceOptions? options, UtilityVisitor visitor)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (n, seed, most) = (fit.Training.Count, Seed, new int[fit.Training.Count]);
        var draws = new int[n];
        for (var sample = 0; sample < Count; sample++)
        {
            WriteDraws(seed, sample, draws);
            TensorPrimitives.Max<int>(most, draws, most);
        }

        var (first, copies) = (new int[n + 1], new List<int>());
        for (var i = 0; i < n; i++)
        {
            copies.AddRange(Enumerable.Repeat(i, most[i]));
            first[i + 1] = copies.Count;
        }

        var repeated = new Fit<TModel, T>(fit.Model, fit.Training.Subset([.. copies]), fit.Plan, fit.Weights);
        var retrainer = new Retrainer<TModel, T>(repeated, Removal.Refit, RetrainBy.Minimum, null, options, ofCoalitions: true);
        SubmodelUtilities.Visit(retrainer, fit.Training, Utility, Count, sample =>
        {
            var (own, part) = (new int[n], new List<int>(n));
            WriteDraws(seed, sample, own);
            for (var i = 0; i < n; i++)
            {
                part.AddRange(Enumerable.Range(first[i], own[i]));
            }

            return [.. part];
        }, options, visitor);
        return fit.With(retrainer.CoalitionNotes);
    }

    private ImmutableArray<string> ByThePlan<TModel, T>(Fit<TModel, T> fit, InfluenceOptions? options, UtilityVisitor visitor)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (fit.Plan.Steps == 0)
        {
            throw new InvalidOperationException(
                "The fit's plan takes no step, so that training by it changes nothing. Train to the minimum (RetrainBy.Minimum), or value the data of a fit that a plan has trained.");
        }

        options ??= new InfluenceOptions();
        using var team = new WorkerTeam(options.Threads);
        var (clock, n) = (new TrainingClock(options), fit.Training.Count);
        var together = (int)Math.Clamp(InfluenceTask<TModel, T>.BlockBudget / n, 1, 64);
        var work = new Samples<TModel, T>(fit, Utility, Seed, new double[Sizes.Product(together, n, "Use fewer examples.")]);
        for (var start = 0; start < Count; start += together)
        {
            options.Cancellation.ThrowIfCancellationRequested();
            work.First = start;
            var count = Math.Min(together, Count - start);
            team.Run(work, count);
            for (var k = 0; k < count; k++)
            {
                visitor(start + k, work.Utilities.AsSpan(k * n, n));
            }

            clock.Tell((double)(start + count) / Count);
        }

        return fit.With([]);
    }

    /// <summary>Some samples, each trained on by one thread.</summary>
    private sealed class Samples<TModel, T>(Fit<TModel, T> fit, ExampleUtility utility, long seed, double[] utilities) : IPartedWork
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public int First { get; set; }

        public double[] Utilities => utilities;

        public void Run(int part)
        {
            var (n, draws, sample) = (fit.Training.Count, new int[fit.Training.Count], new List<int>(fit.Training.Count));
            WriteDraws(seed, First + part, draws);
            for (var i = 0; i < n; i++)
            {
                sample.AddRange(Enumerable.Repeat(i, draws[i]));
            }

            Fit<TModel, T> trained;
            try
            {
                trained = Trainer.Train(fit.Model, fit.Training.Subset([.. sample]), fit.Plan with { Threads = 1 });
            }
            catch (ArgumentException problem)
            {
                throw new InvalidOperationException($"Sample {First + part} (counted from 0) cannot be trained on: {problem.Message}", problem);
            }

            ExampleUtilities.Write(trained, fit.Training, utility, utilities.AsSpan(part * n, n));
        }
    }
}
