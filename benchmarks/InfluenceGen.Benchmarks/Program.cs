using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using InfluenceGen.Benchmarks;
using InfluenceGen.Benchmarks.Measuring;
using InfluenceGen.Benchmarks.Sections;
using InfluenceGen.Examples;

(string Name, string Title, Action<Bench> Run)[] sections =
[
    ("kernel", "Matrix factorization against the hand-written kernel and PyTorch", KernelMode.Compare),
    ("ranks", "Ranks", KernelMode.Ranks),
    ("ledger", "The cost of accounting", LedgerCost.Compare),
    ("threads", "Two threads for one training", Threads.Compare),
    ("study", "The whole MovieLens study", Threads.Study),
    ("phases", "Where the time goes", Phases.Show),
    ("dense", "Models of features", Dense.Show),
    ("generator", "Generating fifty models", Generating.Show),
    ("products", "Dense products against the machine and NumPy", Products.Show),
    ("influence", "Influence functions of a logistic model against NumPy", InfluenceFunctionScores.Show),
    ("layers", "Sweeps of models with layers against the machine and NumPy", Layers.Show),
    ("reading", "Reading files beside Sep's own loop", Reading.Show),
    ("retraining", "Training again without some examples", Retraining.Show),
    ("values", "Sampled values against exact ones at equal trainings", Values.Show),
    ("tracin", "TracIn of checkpoints against NumPy and dense autograd", Tracin.Show),
];

var data = new Option<string?>("--data") { Description = "MovieLens 100K's u.data; without it, shared/data beside the repository, or made-up ratings." };
var python = new Option<string>("--python") { Description = "An interpreter with PyTorch and NumPy.", DefaultValueFactory = _ => "/usr/bin/python3" };
var rounds = Count("--rounds", 7, "Rounds of each comparison.");
var steps = Count("--steps", 300, "Training steps in one run.");
var torchSteps = Count("--torch-steps", 20, "Training steps in one run of the PyTorch program.");
var study = Count("--study", 4, "Trainings that the time of the whole study is reckoned from.");
var only = new Option<string[]>("--only") { Description = "Sections to run.", AllowMultipleArgumentsPerToken = true };
only.AcceptOnlyFromAmong([.. sections.Select(section => section.Name)]);

var command = new RootCommand("Measures InfluenceGen against hand-written code for the same work.")
{
    data, python, rounds, steps, torchSteps, study, only,
};
command.SetAction(asked =>
{
    var options = new Options(asked.GetValue(data), asked.GetValue(python)!, asked.GetValue(rounds), asked.GetValue(steps),
        asked.GetValue(torchSteps), asked.GetValue(study));
    var wanted = asked.GetValue(only) is { Length: > 0 } names ? names : [.. sections.Select(section => section.Name)];
    try
    {
        using var bench = new Bench(options);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{DateTime.Today:yyyy-MM-dd}, {Machine.Processor}, .NET {Environment.Version}, {RuntimeInformation.OSDescription}."));
        Console.WriteLine($"Ratings: {bench.Ratings.Description}. Figures are medians over {options.Rounds} rounds (least to greatest).");
        foreach (var (_, title, run) in sections.Where(section => wanted.Contains(section.Name)))
        {
            Console.WriteLine();
            Console.WriteLine("## " + title);
            Console.WriteLine();
            run(bench);
        }

        return 0;
    }
    catch (ExampleDataException problem)
    {
        Console.Error.WriteLine(problem.Message);
        return 2;
    }
});
var parsed = command.Parse(args);
var code = parsed.Invoke();
return parsed.Errors.Count > 0 ? 2 : code;

static Option<int> Count(string name, int usual, string description)
{
    var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => usual };
    option.Validators.Add(result =>
    {
        if (result.Tokens.Count == 1 && int.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out var value) && value < 1)
        {
            result.AddError($"{name} is {value}; it is 1 or more.");
        }
    });
    return option;
}
