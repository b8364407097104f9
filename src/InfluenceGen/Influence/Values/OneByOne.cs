using System.Numerics.Tensors;

namespace InfluenceGen.Influence.Values;

/// <summary>One evaluation for each player.</summary>
internal static class OneByOne
{
    private const int Block = 256;

    public static PlayerValues Of(Game game, InfluenceOptions? options, bool alone)
    {
        var evaluation = new GameEvaluation(game, options);
        var (values, utilities) = (evaluation.Matrix(), evaluation.Utilities);
        var coalitions = new Coalitions(game.Players, Block);
        for (var first = 0; first < game.Players; first += Block)
        {
            var last = Math.Min(first + Block, game.Players);
            coalitions.Clear();
            for (var player = first; player < last; player++)
            {
                if (alone)
                {
                    coalitions.Add(player);
                }
                else
                {
                    coalitions.AppendAll();
                    Coalitions.Remove(coalitions.Last, player);
                }
            }

            evaluation.Write(coalitions, values.AsSpan(first * utilities));
            for (var player = first; player < last; player++)
            {
                var row = values.AsSpan(player * utilities, utilities);
                if (alone)
                {
                    TensorPrimitives.Subtract(row, evaluation.Empty, row);
                }
                else
                {
                    TensorPrimitives.Subtract(evaluation.All, row, row);
                }
            }

            evaluation.Report((double)last / game.Players);
        }

        return evaluation.Result(values, null);
    }
}
