using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;
using InfluenceGen.Examples;
using InfluenceGen.Training;
using Spectre.Console;

namespace Mislabelled;

/// <summary>
/// The command and what becomes of it: exit code 0, or 2 with one line on standard error where the user asked for what cannot be, or 130
/// where the user stopped it.
/// </summary>
internal static class CommandLine
{
    private const int Refused = 2;
    private const int Interrupted = 130;

    /// <summary>Runs what the arguments ask for.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter errors)
    {
        var parsed = Command(output, errors).Parse(args);
        if (parsed.Errors.Count > 0)
        {
            return Refuse($"{parsed.Errors[0].Message} --help lists what there is.");
        }

        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                Output = output,
                Error = errors,
            });
        }
        catch (OperationCanceledException)
        {
            errors.WriteLine("Stopped.");
            return Interrupted;
        }
        catch (Exception e) when (e is ExampleDataException or TrainingDivergedException or InvalidOperationException
            or IOException or UnauthorizedAccessException)
        {
            return Refuse(e.Message);
        }

        int Refuse(string message)
        {
            errors.WriteLine(message);
            return Refused;
        }
    }

    private static RootCommand Command(TextWriter output, TextWriter errors)
    {
        var repetitions = Number("--repetitions", 5, "how often labels are flipped anew", "a whole number from 1", value => value >= 1);
        var share = Number("--share", 0.1, "the share of labels to flip", "a share between 0 and 1, such as 0.1", value => value is >= 0.001 and <= 0.999);
        var l2 = Number("--l2", 0.01, "the penalty on the squared parameters", "a positive number such as 0.01", value => value > 0 && double.IsFinite(value));
        var seed = Number("--seed", 1L, "fixes all that is drawn at random", "a whole number", _ => true);
        var threads = Number("--threads", Environment.ProcessorCount, "threads to use; the figures do not depend on it", "a whole number from 1", value => value >= 1);
        var command = new RootCommand("Which scores find wrong labels first: 1,797 handwritten digits, some of whose labels are flipped.")
        {
            repetitions, share, l2, seed, threads,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var settings = new Settings(parsed.GetValue(repetitions), parsed.GetValue(share), parsed.GetValue(l2), parsed.GetValue(seed), parsed.GetValue(threads));
            var digits = Digits.Read(Path.Combine(AppContext.BaseDirectory, "data", "digits.csv"), "digit", "image");
            var watched = FindingsPrinter.ConsoleFor(errors, errors != Console.Error || Console.IsErrorRedirected);
            var findings = await Task.Run(() => WithProgress(watched, settings.Repetitions, done => Study.Run(digits, settings, done, cancellation)), cancellation);
            new FindingsPrinter(FindingsPrinter.ConsoleFor(output, output != Console.Out || Console.IsOutputRedirected)).Print(digits.Count, settings, findings);
            return 0;
        });
        return command;
    }

    /// <summary>Shows how far a study has come, on standard error and only where somebody watches it.</summary>
    private static TResult WithProgress<TResult>(IAnsiConsole errors, int total, Func<Action, TResult> study) =>
        !errors.Profile.Capabilities.Interactive
            ? study(() => { })
            : errors.Progress().AutoClear(true).Start(context =>
            {
                var task = context.AddTask("flipped labels", maxValue: total);
                return study(() => task.Increment(1));
            });

    /// <summary>An option that says in one line what it expected, and reads numbers the same under any culture.</summary>
    private static Option<T> Number<T>(string name, T standard, string description, string expected, Func<T, bool> isValid)
        where T : struct, INumberBase<T>
    {
        return new Option<T>(name)
        {
            Description = description,
            DefaultValueFactory = _ => standard,
            CustomParser = Parse,
        };

        T Parse(ArgumentResult result)
        {
            var text = result.Tokens is [var token] ? token.Value : "";
            // No thousands separator: 0,01 is a mistake and not 1.
            if (!T.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || !isValid(value))
            {
                result.AddError($"{name}: found '{text}', expected {expected}.");
            }

            return value;
        }
    }
}
