using InfluenceGen.Models;
using InfluenceGen.Numerics;
using InfluenceGen.Training.Minima;

namespace InfluenceGen.Training;

public sealed partial class Fit<TModel, T>
{
    // What is known of the weights; replaced as a whole, so that threads may share it.
    private (BlockSet Blocks, Minimum Minimum)[] _minima = [];

    /// <summary>Whether the weights are a minimum in some blocks; found once.</summary>
    internal Minimum MinimumIn(BlockSet blocks, WorkerTeam team, CancellationToken cancellation)
    {
        blocks = OrAll(blocks);
        foreach (var (known, minimum) in _minima)
        {
            if (known == blocks)
            {
                return minimum;
            }
        }

        var units = FeatureUnits.Of(Model, blocks, Training);
        var objective = new UnitFreeObjective<TModel, T>(this, blocks, units, units?.Apply(Training) ?? Training, team);
        var scale = ConstantPrediction.Loss(objective.Sweeps, objective.Examples);
        var found = new Minimiser<TModel, T>(objective, scale, 0, null, cancellation).Judge();
        Know(blocks, found);
        return found;
    }

    /// <summary>Keeps what was found out about the weights.</summary>
    internal void Know(BlockSet blocks, Minimum minimum) => _minima = [.. _minima, (blocks, minimum)];

    /// <summary>The blocks; those that are all of the model's as <see cref="BlockSet.All"/>.</summary>
    internal BlockSet OrAll(BlockSet blocks)
    {
        for (var b = 0; b < Model.Layout.Blocks.Length; b++)
        {
            if (!blocks.Contains(b))
            {
                return blocks;
            }
        }

        return BlockSet.All;
    }
}
