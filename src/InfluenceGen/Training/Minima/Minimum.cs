using System.Globalization;

namespace InfluenceGen.Training.Minima;

/// <summary>
/// How near a point is to a minimum, measured without units: what a step of Newton's method still promises to gain there, half the squared
/// Newton decrement ½ gᵀ H⁺ g (Boyd and Vandenberghe, 2004, section 9.5.1), against what the best constant prediction leaves of the losses.
/// It is one where that share is at most 1e-10, or the promise is no more than what rounding makes of the gradient and of the weights, and
/// no curvature is negative beyond rounding. An exact fit is a minimum. The test accepts; it does not stop.
/// </summary>
/// <param name="Objective">The objective.</param>
/// <param name="Promise">½ gᵀ H⁺ g, or a lower bound of it where that is enough to know.</param>
/// <param name="Scale">What the constant prediction leaves (<see cref="ConstantPrediction"/>).</param>
/// <param name="Rounding">What rounding alone promises.</param>
/// <param name="SmallestCurvature">The smallest d·Hd / d·Md that was met; below 0 where the point is a saddle.</param>
/// <param name="IsSaddle">Whether that is negative beyond rounding.</param>
internal readonly record struct Minimum(double Objective, double Promise, double Scale, double Rounding, double SmallestCurvature, bool IsSaddle)
{
    /// <summary>The share that is accepted.</summary>
    public const double Accepted = 1e-10;

    /// <summary>Whether it is one.</summary>
    public bool IsReached(double tolerance = Accepted) =>
        !IsSaddle && double.IsFinite(Objective + Scale + Rounding) && Promise <= Math.Max(tolerance * Scale, Rounding);

    /// <summary>What there is, in words.</summary>
    public string Description(double tolerance = Accepted)
    {
        var share = Scale > 0 ? Promise / Scale : double.PositiveInfinity;
        var promise = string.Create(CultureInfo.InvariantCulture,
            $"at an objective of {Objective:G6} a step of Newton's method still promises to gain {Promise:G2}, {share:G2} of what the best constant prediction leaves ({Scale:G3}); a minimum has at most {tolerance:G2}");
        return IsSaddle
            ? string.Create(CultureInfo.InvariantCulture, $"{promise}, and no negative curvature, which here is {SmallestCurvature:G2} relative to the diagonal")
            : promise;
    }
}
