using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using GroupStudies;
using GroupStudies.Studies;
using InfluenceGen.Examples;

var seed = Number("--seed", 1L, "fixes all that is drawn at random", "a whole number", _ => true);
var repetitions = Number("--repetitions", 5, "draws of the data, for the spread", "a whole number from 2", value => value >= 2);
foreach (var option in (Option[])[seed, repetitions])
{
    option.Recursive = true;
}

var root = new RootCommand(
    "What removing a group of training examples does: the experiments of Basu, You and Feizi, On Second-Order Group Influence "
    + "Functions for Black-Box Predictions. Without a command: all of them.")
{
    seed, repetitions,
};
Add("synthetic", "Random, clustered and one-class groups of 10,000 points.", SyntheticStudy.Run);
Add("digits", "Random and one-class groups of handwritten digits.", DigitsStudy.Run);
Add("selection", "The most influential group of 20,000 points in four blobs.", SelectionStudy.Run);
Add("nonconvergence", "What influence functions neglect at weights that are no minimum (Koh and Liang, appendix B).",
    NonConvergenceStudy.Run);
root.SetAction((parsed, cancellation) => Show(parsed, cancellation, SyntheticStudy.Run, DigitsStudy.Run, SelectionStudy.Run, NonConvergenceStudy.Run));

var arguments = root.Parse(args);
if (arguments.Errors.Count > 0)
{
    Console.Error.WriteLine($"{arguments.Errors[0].Message} --help lists what there is.");
    return 2;
}

try
{
    return await arguments.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (OperationCanceledException)
{
    Console.Error.WriteLine("Stopped.");
    return 130;
}
catch (Exception e) when (e is ExampleDataException or InvalidOperationException)
{
    Console.Error.WriteLine(e.Message);
    return 2;
}

void Add(string name, string description, Func<StudySettings, Report> study)
{
    var command = new Command(name, description);
    command.SetAction((parsed, cancellation) => Show(parsed, cancellation, study));
    root.Subcommands.Add(command);
}

Task<int> Show(ParseResult parsed, CancellationToken cancellation, params Func<StudySettings, Report>[] studies)
{
    var settings = new StudySettings(parsed.GetValue(seed), parsed.GetValue(repetitions), cancellation);
    foreach (var study in studies)
    {
        study(settings).Print();
    }

    return Task.FromResult(0);
}

static Option<T> Number<T>(string name, T standard, string description, string expected, Func<T, bool> isValid)
    where T : struct, IParsable<T>
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
        if (!T.TryParse(text, CultureInfo.InvariantCulture, out var value) || !isValid(value))
        {
            result.AddError($"{name}: found '{text}', expected {expected}.");
        }

        return value;
    }
}
