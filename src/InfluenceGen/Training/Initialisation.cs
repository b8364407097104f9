using System.Collections.Immutable;

namespace InfluenceGen.Training;

/// <summary>Where training starts.</summary>
public abstract record Initialisation
{
    private const double TableDeviation = 0.01;

    private Initialisation()
    {
    }

    /// <summary>
    /// A model of features starts by predicting the average label: the bias of each output (of the last layer, where there
    /// are several) is the constant output whose mean response is the mean label, and 0 for an output that stands for a
    /// class; everything else is 0 (Sundararajan and Krichene, Section 5.2). Hidden layers would stay alike from such a start,
    /// so with them all weights are drawn as by <see cref="Glorot"/>. Embedding tables are drawn as by
    /// <see cref="Gaussian"/> with deviation 0.01; beside biases of users and items, which start from 0, the mean that all share is that of
    /// the labels. All draws are of seed 0.
    /// </summary>
    public static Initialisation Default { get; } = new Rule(LayerDraw.GlorotWhereHidden, TableDeviation, 0);

    /// <summary>
    /// <see cref="Default"/>, but the embedding tables, or the weights of layers where some are hidden, drawn from N(0, σ²),
    /// block after block and row after row.
    /// </summary>
    /// <param name="deviation">σ, positive and finite.</param>
    /// <param name="seed">Fixes the draws.</param>
    /// <exception cref="ArgumentOutOfRangeException">σ is not.</exception>
    public static Initialisation Gaussian(double deviation, long seed)
    {
        if (!(deviation > 0) || double.IsInfinity(deviation))
        {
            throw new ArgumentOutOfRangeException(nameof(deviation), deviation, "A deviation is positive and finite.");
        }

        return new Rule(LayerDraw.GaussianWhereHidden, deviation, seed);
    }

    /// <summary>
    /// <see cref="Default"/>, but the weights of every layer, hidden or not, uniform between ±√(6/(inputs + outputs)) of the
    /// layer (Glorot and Bengio, 2010, Eq. (16)): for tanh and sigmoid.
    /// </summary>
    /// <param name="seed">Fixes the draws, which go layer after layer and row after row.</param>
    public static Initialisation Glorot(long seed) => new Rule(LayerDraw.Glorot, TableDeviation, seed);

    /// <summary>
    /// <see cref="Default"/>, but the weights of every layer, hidden or not, drawn from N(0, 2/inputs) of the layer (He et al.,
    /// 2015, Eq. (10)): for ReLU and its like.
    /// </summary>
    /// <param name="seed">Fixes the draws, which go layer after layer and row after row.</param>
    public static Initialisation He(long seed) => new Rule(LayerDraw.He, TableDeviation, seed);

    /// <summary>Stated parameters θ, the blocks in order, each row by row.</summary>
    /// <exception cref="ArgumentException">One of them is not finite.</exception>
    public static Initialisation At(params ReadOnlySpan<double> theta)
    {
        for (var j = 0; j < theta.Length; j++)
        {
            if (!double.IsFinite(theta[j]))
            {
                throw new ArgumentException($"Parameter {j} (counted from 0) is not a finite number.", nameof(theta));
            }
        }

        return new Stated([.. theta]);
    }

    /// <summary>How the weights of layers are drawn.</summary>
    internal enum LayerDraw
    {
        GlorotWhereHidden,
        GaussianWhereHidden,
        Glorot,
        He,
    }

    internal sealed record Rule(LayerDraw Layers, double Deviation, long Seed) : Initialisation;

    internal sealed record Stated(ImmutableArray<double> Theta) : Initialisation;
}
