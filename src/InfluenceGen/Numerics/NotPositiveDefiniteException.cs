using System.Collections.Immutable;
using System.Globalization;

namespace InfluenceGen.Numerics;

/// <summary>The Hessian of the training objective has negative curvature at the weights asked about: they are no minimum.</summary>
public sealed class NotPositiveDefiniteException : InvalidOperationException
{
    internal NotPositiveDefiniteException(double curvature, ImmutableArray<string> parameters)
        : base(string.Create(CultureInfo.InvariantCulture,
            $"The Hessian has negative curvature at these weights: {curvature:G3} of what the parameters have by themselves, along a direction that moves most {string.Join(", ", parameters)}. They are no minimum of the training objective: train longer, add damping (Damping), a penalty (L2) on every block that the losses leave free, or use Gauss-Newton curvature with damping."))
    {
        Curvature = curvature;
        Parameters = parameters;
    }

    /// <summary>The curvature along the direction that was found, where each parameter by itself has curvature 1 or −1.</summary>
    public double Curvature { get; }

    /// <summary>What moves most along it, by name: features and classes, users and items, units of a layer.</summary>
    public ImmutableArray<string> Parameters { get; }
}
