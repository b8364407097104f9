using InfluenceGen.Examples;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using InfluenceGen.Tests.Models;
using InfluenceGen.Training;
using Xunit;

namespace InfluenceGen.Tests.Reciprocity;

/// <summary>
/// The definition of inflow, outflow and self-influence taken literally: every gradient written out, every pair of a
/// visited training example and a deployment example multiplied. Recomputes coefficients and the update from the plan
/// too, and requires that the trainer does the same.
/// </summary>
internal sealed class AllPairs<TModel>(TModel model, ExampleSet<double> deployment, GradientDescent plan)
    : ITrainingObserver<double>
    where TModel : struct, IModel<double>
{
    private readonly double[,] _influence = new double[deployment.Individuals.Count, deployment.Individuals.Count];
    private double[]? _nextWeights;

    public double[] Inflow => [.. People.Select(u => People.Where(v => v != u).Sum(v => _influence[v, u]))];

    public double[] Outflow => [.. People.Select(u => People.Where(v => v != u).Sum(v => _influence[u, v]))];

    public double[] Self => [.. People.Select(u => _influence[u, u])];

    /// <summary>Σ of all influence in each step.</summary>
    public List<double> Reductions { get; } = [];

    public List<int[]> Batches { get; } = [];

    private IEnumerable<int> People => Enumerable.Range(0, deployment.Individuals.Count);

    public void Begin(TrainingStep<double> step)
    {
    }

    public void BeforeGradient(TrainingStep<double> step)
    {
    }

    public void AfterGradient(TrainingStep<double> step)
    {
        var weights = step.Weights.Span.ToArray();
        if (_nextWeights is not null)
        {
            Close.To(_nextWeights, weights, 1e-12);
        }

        var batch = step.Batch;
        var mine = Dense(batch, weights);
        var theirs = Dense(deployment, weights);
        var factor = step.StepSize / (plan.Objective == Objective.Mean ? batch.Count : 1);
        var total = 0.0;
        var penaltyScale = plan.Objective == Objective.Mean ? 1 : batch.Count;
        _nextWeights = [.. weights.Select((w, j) => w * (1 - step.StepSize
            * ((plan.WeightDecay?.Lambda ?? 0) + penaltyScale * model.Layout.Blocks.Last(block => block.Offset <= j).L2)))];
        for (var a = 0; a < batch.Count; a++)
        {
            var norm = Math.Sqrt(Dot(mine[a], mine[a]));
            var c = plan.Scaling.Normalises ? norm == 0 ? 0 : 1 / norm : norm > plan.Scaling.Limit ? plan.Scaling.Limit / norm : 1;
            for (var b = 0; b < deployment.Count; b++)
            {
                var influence = factor * c * Dot(mine[a], theirs[b]);
                _influence[batch.IndividualOf[a], deployment.IndividualOf[b]] += influence;
                total += influence;
            }

            for (var j = 0; j < weights.Length; j++)
            {
                _nextWeights[j] -= factor * c * mine[a][j];
            }
        }

        Reductions.Add(total);
        Batches.Add(step.IsFullBatch ? [.. Enumerable.Range(0, batch.Count)] : step.Positions.ToArray());
    }

    public void End(TrainingStep<double> step) => Close.To(_nextWeights, step.Weights.Span, 1e-12);

    private static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();

    /// <summary>Every example's gradient over the whole of storage.</summary>
    private double[][] Dense(ExampleSet<double> examples, double[] weights)
    {
        var packed = new double[examples.Count * model.GradientRowLength];
        model.Gradients(examples, 0, examples.SegmentsOf(0).Count, weights, packed);
        var rows = new double[examples.Count][];
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i] = new double[weights.Length];
            var next = i * model.GradientRowLength;
            foreach (var block in model.Layout.Blocks)
            {
                var (row, length) = block.RowIndex < 0
                    ? (0, block.StorageLength)
                    : (examples.Index(block.RowIndex)[i], block.Stride);
                packed.AsSpan(next, length).CopyTo(rows[i].AsSpan(block.Offset + row * block.Stride));
                next += ParameterLayout.RoundUp(length);
            }
        }

        return rows;
    }
}
