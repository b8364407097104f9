using System.Globalization;

namespace InfluenceGen.Training;

/// <summary>Training stopped because the weights were no longer finite numbers.</summary>
public sealed class TrainingDivergedException : ArithmeticException
{
    internal TrainingDivergedException(int step, double stepSize, double? suggestedStepSize)
        : base(Describe(step, stepSize, suggestedStepSize))
    {
        Step = step;
        StepSize = stepSize;
        SuggestedStepSize = suggestedStepSize;
    }

    /// <summary>The step, counted from 0, whose update was not finite.</summary>
    public int Step { get; }

    /// <summary>The step size it used.</summary>
    public double StepSize { get; }

    /// <summary>
    /// Half of 1/λ, with λ the largest curvature of the objective where training started; null where the objective has
    /// no curvature there.
    /// </summary>
    public double? SuggestedStepSize { get; }

    private static string Describe(int step, double stepSize, double? suggested) =>
        string.Create(CultureInfo.InvariantCulture,
            $"Training diverged in step {step} (counted from 0) with step size {stepSize:G6}: the weights are no longer finite numbers. ")
        + (suggested is { } size
            ? string.Create(CultureInfo.InvariantCulture, $"Try a step size of {size:G2}.")
            : "Try a much smaller step size.");
}
