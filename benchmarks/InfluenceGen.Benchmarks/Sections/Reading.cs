using System.Diagnostics;
using System.Globalization;
using System.Text;
using InfluenceGen.Benchmarks.Measuring;
using InfluenceGen.Examples;
using InfluenceGen.Numerics;
using nietras.SeparatedValues;

namespace InfluenceGen.Benchmarks.Sections;

/// <summary>The readers beside Sep's own loop that stores the same numbers: processor time of all threads, and memory.</summary>
internal static class Reading
{
    private const int Rows = 200_000;
    private const int Columns = 50;
    private const int Ratings = 2_000_000;

    /// <summary>Features of six and of seventeen digits, and ratings.</summary>
    public static void Show(Bench bench)
    {
        var folder = Directory.CreateTempSubdirectory("influencegen-reading-");
        try
        {
            var table = new Table($"{Rows:N0} rows of {Columns} numbers", "processor s", "times Sep's loop", "allocated / held");
            foreach (var (name, format) in new[] { ("six digits", "G6"), ("seventeen digits", "G17") })
            {
                var file = Path.Combine(folder.FullName, format + ".csv");
                WriteFeatures(file, format);
                var samples = Contest.Hold(bench.Options.Rounds,
                    new("Sep", () => Seconds(() => SepLoop(file))),
                    new("ours", () => Seconds(() => CsvExamples.Read<double>(file, "c0"))));
                table.Add($"{name}, Sep's loop", samples[0].ToString("F3"), "1", "");
                table.Add($"{name}, CsvExamples.Read", samples[1].ToString("F3"), samples[1].Over(samples[0]).ToString("F2"),
                    Memory(() => CsvExamples.Read<double>(file, "c0")));
                if (Pipe(folder.FullName) is { } pipe)
                {
                    table.Add($"{name}, from a pipe", "", "", Memory(() => Through(pipe, file, () => CsvExamples.Read<double>(pipe, "c0"))));
                }
            }

            table.Print();
            CompareRatings(bench, Path.Combine(folder.FullName, "u.data"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void CompareRatings(Bench bench, string file)
    {
        WriteRatings(file);
        var (users, items, ratings) = SepRatings(file);
        var samples = Contest.Hold(bench.Options.Rounds,
            new("Sep", () => Seconds(() => SepRatings(file))),
            new("ours", () => Seconds(() => RatingsFile.Read<double>(file, allowRepeats: true))),
            new("sort", () => Seconds(() => ExampleSet<double>.FromRatings(users, items, ratings, users.Max() + 1, items.Max() + 1))));
        var reading = new Samples();
        for (var round = 0; round < bench.Options.Rounds; round++)
        {
            reading.Add(samples[1].Values[round] - samples[2].Values[round]);
        }

        var table = new Table($"{Ratings:N0} ratings", "processor s", "times Sep's loop");
        table.Add("Sep's loop", samples[0].ToString("F3"), "1");
        table.Add("RatingsFile.Read, the sort apart", reading.ToString("F3"), reading.Over(samples[0]).ToString("F2"));
        table.Add("the sort, FromRatings", samples[2].ToString("F3"), samples[2].Over(samples[0]).ToString("F2"));
        table.Print();
    }

    private static double[] SepLoop(string file)
    {
        using var reader = Sep.New(',').Reader().FromFile(file);
        var numbers = new double[Rows * Columns];
        var at = 0;
        foreach (var row in reader)
        {
            row[..].Parse(numbers.AsSpan(at, Columns));
            at += Columns;
        }

        return numbers;
    }

    private static (int[] Users, int[] Items, double[] Ratings) SepRatings(string file)
    {
        using var reader = Sep.New('\t').Reader(options => options with { HasHeader = false }).FromFile(file);
        var (users, items, ratings) = (new int[Ratings], new int[Ratings], new double[Ratings]);
        var at = 0;
        foreach (var row in reader)
        {
            users[at] = row[0].Parse<int>();
            items[at] = row[1].Parse<int>();
            ratings[at++] = row[2].Parse<double>();
        }

        return (users, items, ratings);
    }

    private static double Seconds(Func<object> read)
    {
        GC.Collect();
        var start = Environment.CpuUsage.TotalTime;
        GC.KeepAlive(read());
        return (Environment.CpuUsage.TotalTime - start).TotalSeconds;
    }

    /// <summary>All that reading allocates, which is at least what it ever holds, over what its result holds.</summary>
    private static string Memory(Func<object> read)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var start = GC.GetTotalAllocatedBytes(precise: true);
        var result = read();
        var allocated = GC.GetTotalAllocatedBytes(precise: true) - start;
        var held = GC.GetTotalMemory(forceFullCollection: true) - before;
        GC.KeepAlive(result);
        return string.Create(CultureInfo.InvariantCulture, $"{allocated / 1e6:F0} MB / {held / 1e6:F0} MB = {(double)allocated / held:F2}");
    }

    private static string? Pipe(string folder)
    {
        var pipe = Path.Combine(folder, "pipe");
        if (!File.Exists(pipe))
        {
            try
            {
                using var made = Process.Start("mkfifo", [pipe]);
                made.WaitForExit();
            }
            catch (System.ComponentModel.Win32Exception)
            {
                return null;
            }
        }

        return pipe;
    }

    private static object Through(string pipe, string file, Func<object> read)
    {
        var writing = Task.Run(() =>
        {
            using var from = File.OpenRead(file);
            using var to = new FileStream(pipe, FileMode.Open, FileAccess.Write);
            from.CopyTo(to);
        });
        var result = read();
        writing.Wait();
        return result;
    }

    private static void WriteFeatures(string file, string format)
    {
        var random = new RandomSource(1);
        using var writer = new StreamWriter(file);
        writer.WriteLine(string.Join(',', Enumerable.Range(0, Columns).Select(column => $"c{column}")));
        var row = new StringBuilder();
        for (var i = 0; i < Rows; i++)
        {
            row.Clear();
            for (var column = 0; column < Columns; column++)
            {
                row.Append(column == 0 ? "" : ",").Append(random.NextGaussian().ToString(format, CultureInfo.InvariantCulture));
            }

            writer.WriteLine(row);
        }
    }

    private static void WriteRatings(string file)
    {
        var random = new RandomSource(1);
        using var writer = new StreamWriter(file);
        for (var i = 0; i < Ratings; i++)
        {
            writer.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{1 + random.NextBelow(6040)}\t{1 + random.NextBelow(3952)}\t{1 + random.NextBelow(5)}\t{900_000_000 + random.NextBelow(100_000_000)}"));
        }
    }
}
