using System.Diagnostics;
using InfluenceGen.Fuzz;
using SharpFuzz;

// Feeds readers with damaged files:
//   InfluenceGen.Fuzz <target> [file...]                        the files, or under AFL what it sends
//   InfluenceGen.Fuzz <target> --mutate <seconds> <seed> <folder>   changes of a folder's files, of our own making
//   InfluenceGen.Fuzz --trajectories <folder>                   writes files for the last target to start from
if (args is ["--trajectories", var trajectories])
{
    Directory.CreateDirectory(trajectories);
    Line.WriteTrajectories(trajectories);
    return 0;
}

if (args.Length == 0 || !Targets.All.TryGetValue(args[0], out var target))
{
    Console.Error.WriteLine($"Expected a target: {string.Join(", ", Targets.All.Keys)}.");
    return 2;
}

var input = Path.GetTempFileName();
try
{
    if (args is [_, "--mutate", var seconds, var seed, var folder])
    {
        return Mutate(int.Parse(seconds), int.Parse(seed), folder);
    }

    foreach (var file in args.AsSpan(1))
    {
        target(file);
    }

    if (args.Length == 1)
    {
        Fuzzer.OutOfProcess.Run(stream =>
        {
            using (var file = File.Create(input))
            {
                stream.CopyTo(file);
            }

            target(input);
        });
    }

    return 0;
}
finally
{
    File.Delete(input);
}

int Mutate(int seconds, int seed, string folder)
{
    // A bound on inputs as well: on a machine that is fast enough, two runs try the same.
    const int MostInputs = 20_000;
    var files = Directory.GetFiles(folder).Order(StringComparer.Ordinal).Select(File.ReadAllBytes).ToList();
    var (mutation, watch, inputs) = (new Mutation(seed), Stopwatch.StartNew(), 0);
    for (; inputs < MostInputs && watch.Elapsed.TotalSeconds < seconds; inputs++)
    {
        var bytes = mutation.Next(files);
        File.WriteAllBytes(input, bytes);
        var start = watch.Elapsed;
        try
        {
            target(input);
        }
        catch (Exception fault)
        {
            return Keep(bytes, fault.ToString());
        }

        if ((watch.Elapsed - start).TotalSeconds > 10)
        {
            return Keep(bytes, "It took more than ten seconds.");
        }
    }

    Console.WriteLine($"{args[0]}: {inputs} inputs in {watch.Elapsed.TotalSeconds:F1} s, no fault.");
    return 0;
}

int Keep(byte[] bytes, string fault)
{
    var kept = Path.Combine(Path.GetTempPath(), $"InfluenceGen.Fuzz.{args[0]}.{Guid.NewGuid():N}");
    File.WriteAllBytes(kept, bytes);
    Console.WriteLine($"{args[0]}: FAULT on the input kept as {kept}:{Environment.NewLine}{fault}");
    return 1;
}
