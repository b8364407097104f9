using InfluenceGen.Examples;
using InfluenceGen.Influence;
using InfluenceGen.Influence.Dynamic;
using InfluenceGen.Models;
using InfluenceGen.Tests.Models;
using InfluenceGen.Training;
using Xunit;

namespace InfluenceGen.Tests.Names;

/// <summary>Files that were read apart, where what one knows is used with the other.</summary>
public class PenaltyOfAnotherSetTests
{
    private static readonly string _train = "ann x 1\nbob x 2\nann y 3\nbob y 5\ncarl x 4\n";
    private static readonly string _test = "bob y 4\ncarl x 2\nann x 1\n";

    [Fact]
    public void Counts_of_another_set_are_found_by_name()
    {
        using var files = new TextFiles(_train, _test);
        var (train, test) = (NamedFactors.Read(files[0]), NamedFactors.Read(files[1]));
        var fit = NamedFactors.Train(train, GradientDescent.FullBatch(50, 0.1));
        var together = RatingsFile.ReadTogether<double>([files[0], files[1]]);
        var right = fit.Losses(together[1].WithPenalty(RowPenalty.AsIn(together[0])));
        var found = fit.Losses(test.WithPenalty(RowPenalty.AsIn(train)));
        Close.To(Sorted(together[1], right), Sorted(test, found), 1e-13);
    }

    [Fact]
    public void TracIn_of_mini_batches_takes_ratings_that_were_read_apart()
    {
        using var files = new TextFiles(_train, _test);
        var (train, test) = (NamedFactors.Read(files[0]), NamedFactors.Read(files[1]));
        var plan = GradientDescent.MiniBatch(5, 2, 0.1, seed: 1) with { Start = Initialisation.Gaussian(0.3, 1) };
        var fit = NamedFactors.Train(train, plan, new Trajectory<double>());
        var (right, found) = (fit.Influence(new TracIn(), test.Like(train)), fit.Influence(new TracIn(), test));
        var like = test.Like(train);
        for (var i = 0; i < test.Count; i++)
        {
            var same = like.Source.IndexOf(test.Source[i]);
            Close.To(right.OfTest(same).ToArray(), found.OfTest(i).ToArray(), 1e-12);
        }
    }

    [Fact]
    public void Rows_that_a_damaged_file_only_seems_to_have_take_no_memory()
    {
        var text = string.Join(',', Enumerable.Range(0, 2001).Select(column => $"c{column}")) + "\n"
            + string.Concat(Enumerable.Repeat("1;2\n", 100_000));
        using var files = new TextFiles(text);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(2, Assert.Throws<ExampleDataException>(() => CsvExamples.Read<double>(files[0], "c0")).Line);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 100_000_000);
    }

    [Fact]
    public void Classes_without_names_are_their_numbers_in_a_file_that_is_read_alike()
    {
        var train = ExampleSet<double>.FromClasses([1, 2, 3], 1, [0, 1, 2], 3, featureNames: ["x"]);
        using var files = new TextFiles("x,y\n1,0\n2,2\n", "x,y\n1,1\n2,3\n");
        var read = CsvExamples.Read(files[0], "y", domain: LabelDomain.Distribution, like: train);
        Assert.Equal([1, 0, 0], read.Labels[..3].ToArray());
        Assert.Equal([0, 0, 1], read.Labels.Slice(read.LabelStride, 3).ToArray());
        Assert.Contains("found class 3", Assert.Throws<ExampleDataException>(
            () => CsvExamples.Read(files[1], "y", domain: LabelDomain.Distribution, like: train)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Feature_columns_and_domains_that_are_none_are_argument_errors()
    {
        using var files = new TextFiles("x,y\n1,0\n2,1\n");
        Assert.Throws<ArgumentException>("features", () => CsvExamples.Read<double>(files[0], "y", features: []));
        Assert.Throws<ArgumentException>("features", () => CsvExamples.Read<double>(files[0], "y", features: [null!]));
        Assert.Throws<ArgumentOutOfRangeException>("domain", () => CsvExamples.Read<double>(files[0], "y", domain: (LabelDomain)77));
    }

    private static double[] Sorted(ExampleSet<double> set, double[] values) =>
        [.. Enumerable.Range(0, values.Length).OrderBy(i => set.Source[i]).Select(i => values[i])];

    private sealed class TextFiles(params string[] texts) : IDisposable
    {
        private readonly string[] _paths = [.. texts.Select(text =>
        {
            var path = Path.GetTempFileName();
            File.WriteAllText(path, text);
            return path;
        })];

        public string this[int file] => _paths[file];

        public void Dispose() => Array.ForEach(_paths, File.Delete);
    }
}
