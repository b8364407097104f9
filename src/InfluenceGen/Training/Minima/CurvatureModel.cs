namespace InfluenceGen.Training.Minima;

/// <summary>The second derivative H of an objective at a point, and a matrix M near it whose inverse is at hand.</summary>
internal abstract class CurvatureModel
{
    /// <summary>d·Hd / d·Md up to which there is no curvature along d: what is left of it is rounding.</summary>
    public abstract double Flat { get; }

    /// <summary>Conjugate gradients that a solve may take.</summary>
    public abstract int MostIterations { get; }

    /// <summary>Writes H d.</summary>
    public abstract void Multiply(ReadOnlySpan<double> direction, Span<double> product);

    /// <summary>Writes M⁻¹ r.</summary>
    public abstract void Precondition(ReadOnlySpan<double> residual, Span<double> result);
}
