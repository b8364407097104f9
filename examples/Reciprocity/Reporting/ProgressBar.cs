using Spectre.Console;

namespace ReciprocityStudies.Reporting;

/// <summary>Shows how far a study has come, on standard error and only where somebody watches it.</summary>
internal static class ProgressBar
{
    /// <summary>Runs a study.</summary>
    /// <param name="errors">Where the bar is shown.</param>
    /// <param name="title">What is done.</param>
    /// <param name="total">How many parts it has.</param>
    /// <param name="study">Does it; told what to call, on any thread, when a part is done.</param>
    public static TResult Run<TResult>(IAnsiConsole errors, string title, int total, Func<Action, TResult> study)
    {
        if (!errors.Profile.Capabilities.Interactive)
        {
            return study(() => { });
        }

        return errors.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(context =>
            {
                var task = context.AddTask(title, maxValue: total);
                return study(() => task.Increment(1));
            });
    }
}
