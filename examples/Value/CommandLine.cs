using System.CommandLine;
using System.Globalization;
using InfluenceGen.Examples;

namespace Value;

/// <summary>The command: exit code 0, or 2 with one line on standard error where the user asked for what cannot be.</summary>
internal static class CommandLine
{
    private const int Refused = 2;

    /// <summary>Runs what the arguments ask for.</summary>
    /// <returns>The exit code.</returns>
    public static int Run(string[] args, TextWriter output, TextWriter errors)
    {
        var coalitions = new Option<int>("--coalitions") { Description = "Trainings that values are estimated from.", DefaultValueFactory = _ => 20_000 };
        var shard = new Option<string?>("--shard") { Description = "Train a part only: k/N is the k-th of N shards, counted from 0. The same command started N times, anywhere, trains all." };
        var merge = new Option<bool>("--merge") { Description = "Train nothing: put the shards in the folder together." };
        var folder = new Option<string>("--folder") { Description = "Where shards are.", DefaultValueFactory = _ => "shards" };
        coalitions.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 64)
            {
                result.AddError($"--coalitions: found '{result.Tokens[0].Value}', expected a whole number from 64.");
            }
        });
        var command = new RootCommand("Whose data is worth most: 442 diabetes patients, four fifths of whom train a model.") { coalitions, shard, merge, folder };
        command.SetAction(parsed =>
        {
            var study = new Study(Path.Combine(AppContext.BaseDirectory, "data", "diabetes.csv"), parsed.GetValue(coalitions));
            var path = parsed.GetValue(folder)!;
            if (parsed.GetValue(shard) is { } part)
            {
                var (k, n) = ShardOf(part);
                Directory.CreateDirectory(path);
                output.WriteLine($"{study.WriteShard(k, n, Path.Combine(path, $"{k}-of-{n}.utilities"))} coalitions.");
            }
            else
            {
                study.Print(output, parsed.GetValue(merge) ? Directory.GetFiles(path, "*.utilities") : null);
            }

            return 0;
        });

        var asked = command.Parse(args);
        if (asked.Errors.Count > 0)
        {
            errors.WriteLine($"{asked.Errors[0].Message} --help lists what there is.");
            return Refused;
        }

        try
        {
            return asked.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, Output = output, Error = errors });
        }
        catch (Exception e) when (e is ExampleDataException or ArgumentException or InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            errors.WriteLine(e.Message);
            return Refused;
        }
    }

    private static (int Shard, int Shards) ShardOf(string text)
    {
        var parts = text.Split('/');
        return parts.Length == 2 && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var shard)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var shards) && shard < shards
            ? (shard, shards)
            : throw new ArgumentException($"--shard: found '{text}', expected k/N with k from 0 to before N, such as 0/4.");
    }
}
