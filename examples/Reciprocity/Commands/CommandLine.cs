using System.CommandLine;
using InfluenceGen.Examples;
using InfluenceGen.Training;
using ReciprocityStudies.Reporting;
using ReciprocityStudies.Studies;

namespace ReciprocityStudies.Commands;

/// <summary>
/// The commands and what becomes of them: exit code 0, or 2 with one line on standard error where the user asked for what
/// cannot be, or 130 where the user stopped it. Files are written in full or not at all.
/// </summary>
internal sealed class CommandLine
{
    private const int Refused = 2;
    private const int Interrupted = 130;

    private readonly TextWriter _output;
    private readonly TextWriter _errors;
    private readonly Option<string?> _json = Options.Path<string?>("--json", null, "writes every figure to this file");
    private readonly Option<string> _plots = Options.Path("--plots", "plots", "writes the plots to this folder");
    private readonly Option<long> _seed = Options.Seed();
    private readonly Option<int> _threads = Options.Count("--threads", Environment.ProcessorCount,
        "trainings at a time; the figures do not depend on it");

    private CommandLine(TextWriter output, TextWriter errors)
    {
        (_output, _errors) = (output, errors);
        foreach (var option in (Option[])[_json, _plots, _seed, _threads])
        {
            option.Recursive = true;
        }
    }

    /// <summary>Runs what the arguments ask for.</summary>
    /// <returns>The exit code.</returns>
    public static Task<int> RunAsync(string[] args, TextWriter output, TextWriter errors) =>
        new CommandLine(output, errors).RunAsync(args);

    private async Task<int> RunAsync(string[] args)
    {
        var parsed = Commands().Parse(args);
        if (parsed.Errors.Count > 0)
        {
            return Refuse($"{parsed.Errors[0].Message} --help lists what there is.");
        }

        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                Output = _output,
                Error = _errors,
            });
        }
        catch (OperationCanceledException)
        {
            _errors.WriteLine("Stopped; no file was written.");
            return Interrupted;
        }
        catch (Exception e) when (e is ExampleDataException or TrainingDivergedException or UsageException
            or IOException or UnauthorizedAccessException)
        {
            return Refuse(e.Message);
        }
    }

    private int Refuse(string message)
    {
        _errors.WriteLine(message);
        return Refused;
    }

    private RootCommand Commands()
    {
        var root = Healthcare();
        root.Subcommands.Add(MovieLens());
        root.Subcommands.Add(Theory());
        root.Subcommands.Add(Marginal());
        return root;
    }

    private RootCommand Healthcare()
    {
        var (splits, sets) = SplitOptions(standardSets: 10);
        var command = new RootCommand(
            "Who gives influence and who gets it: the experiments of Sundararajan and Krichene, Reciprocity in Machine Learning. "
            + "Without a command: the diabetes and breast-cancer experiments, on data that comes with the program.")
        {
            splits, sets, _json, _plots, _seed, _threads,
        };
        command.SetAction((parsed, cancellation) =>
        {
            var repeated = SplitsOf(parsed, splits, sets);
            return Report(parsed, "healthcare", 2 * repeated.Sets * repeated.Splits,
                done => HealthcareStudy.Run(DataFolder, repeated, done, cancellation), cancellation);
        });
        return command;
    }

    private Command MovieLens()
    {
        var path = new Argument<string>("ratings") { Description = "the ratings: the file u.data of MovieLens 100K" };
        var splits = Options.Count("--splits", 10, "random splits");
        var initialisations = Options.Count("--initialisations", 10, "trainings of each split");
        var steps = Options.Count("--steps", 1000, "steps of each training");
        var rank = Options.Count("--rank", MovieLensSettings.PaperRank, "the embeddings' dimension");
        var rate = Options.Positive("--rate", 0.0002, "the step size");
        var trainShare = Options.Share("--train-share", 0.8, "the share of ratings to train on");
        var command = new Command("movielens", "The recommender experiment, on ratings that you have downloaded.")
        {
            path, splits, initialisations, steps, rank, rate, trainShare,
        };
        command.SetAction((parsed, cancellation) =>
        {
            var settings = new MovieLensSettings(parsed.GetRequiredValue(path), parsed.GetValue(splits),
                parsed.GetValue(initialisations), parsed.GetValue(steps), parsed.GetValue(rank), parsed.GetValue(rate),
                parsed.GetValue(trainShare), parsed.GetValue(_seed), parsed.GetValue(_threads));
            return Report(parsed, "movielens", settings.Splits * settings.Initialisations,
                done => MovieLensStudy.Run(settings, done, cancellation), cancellation);
        });
        return command;
    }

    private Command Theory()
    {
        var replicates = Options.Count("--replicates", 10_000, "trainings of each experiment", least: 2);
        var command = new Command("theory", "The theorem and its remarks, as experiments with standard errors.") { replicates };
        command.SetAction((parsed, cancellation) =>
        {
            var count = parsed.GetValue(replicates);
            return Report(parsed, "theory", TheoryStudy.Parts(count),
                done => TheoryStudy.Run(count, parsed.GetValue(_seed), parsed.GetValue(_threads), done, cancellation), cancellation);
        });
        return command;
    }

    private Command Marginal()
    {
        var (splits, sets) = SplitOptions(standardSets: 3);
        var command = new Command("marginal",
            "The healthcare experiments with marginal influence: everybody is left out in turn. Takes minutes.") { splits, sets };
        command.SetAction((parsed, cancellation) =>
        {
            var repeated = SplitsOf(parsed, splits, sets);
            return Report(parsed, "marginal", MarginalStudy.Parts(repeated),
                done => MarginalStudy.Run(DataFolder, repeated, done, cancellation), cancellation);
        });
        return command;
    }

    private static string DataFolder => Path.Combine(AppContext.BaseDirectory, "data");

    private static (Option<int> Splits, Option<int> Sets) SplitOptions(int standardSets) =>
        (Options.Count("--splits", 100, "random splits to average over; each patient is in one part of a split", least: 2),
            Options.Count("--sets", standardSets, "how often the whole is repeated on other splits, for its spread"));

    private PatientSplits SplitsOf(ParseResult parsed, Option<int> splits, Option<int> sets) =>
        new(parsed.GetValue(sets), parsed.GetValue(splits), parsed.GetValue(_seed), parsed.GetValue(_threads));

    private async Task<int> Report(ParseResult parsed, string title, int parts, Func<Action, Report> study,
        CancellationToken cancellation)
    {
        var destination = new Destination(parsed.GetValue(_json), parsed.GetRequiredValue(_plots));
        destination.RequireUsable();
        var errors = ReportPrinter.ConsoleFor(_errors, _errors != Console.Error || Console.IsErrorRedirected);
        var report = await Task.Run(() => ProgressBar.Run(errors, title, parts, study), cancellation);
        cancellation.ThrowIfCancellationRequested();
        new ReportPrinter(ReportPrinter.ConsoleFor(_output, _output != Console.Out || Console.IsOutputRedirected)).Print(report);
        foreach (var written in destination.Write(report))
        {
            _output.WriteLine(written);
        }

        return 0;
    }
}
