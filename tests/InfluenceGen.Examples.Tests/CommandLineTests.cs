using System.Globalization;
using System.Text.Json;
using ReciprocityStudies.Commands;
using Xunit;

namespace InfluenceGen.Examples.Tests;

public sealed class CommandLineTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("reciprocity-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("Unrecognized command or argument '--colour'", "--colour")]
    [InlineData("Required argument missing", "movielens")]
    [InlineData("--splits: found '1', expected a whole number from 2", "--splits", "1")]
    [InlineData("--splits: found '10,5', expected a whole number", "--splits", "10,5")]
    [InlineData("--train-share: found '1', expected a share between 0 and 1", "movielens", "u.data", "--train-share", "1")]
    [InlineData("--rate: found '-1', expected a positive number", "movielens", "u.data", "--rate", "-1")]
    [InlineData("--rate: found '0,01', expected a positive number", "movielens", "u.data", "--rate", "0,01")]
    [InlineData("u.data: there is no such file", "movielens", "no-folder/u.data")]
    [InlineData("--json: there is no folder", "--json", "no-folder/figures.json")]
    public async Task What_cannot_be_gets_one_line_and_exit_code_2(string line, params string[] arguments)
    {
        var (code, output, errors) = await Run(arguments);
        Assert.Equal(2, code);
        Assert.Empty(output);
        Assert.Contains(line, errors, StringComparison.Ordinal);
        Assert.Single(errors.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task A_malformed_rating_is_named_by_file_line_and_column()
    {
        var path = Write("bad.data", "1\t1\t5\n1\t2\tfive\n");
        var (code, _, errors) = await Run("movielens", path);
        Assert.Equal(2, code);
        Assert.StartsWith($"{path}, line 2, column 'rating': found 'five', expected a number", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ratings_without_flows_between_people_are_refused()
    {
        var (code, _, errors) = await Run("movielens", Write("two.data", "1 1 5\n2 2 4\n"));
        Assert.Equal(2, code);
        Assert.Contains("too few people", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_training_that_diverges_names_a_step_size_to_try()
    {
        var (code, _, errors) = await Run("movielens", Ratings(), "--rate", "10", "--splits", "1", "--initialisations", "1");
        Assert.Equal(2, code);
        Assert.Contains("Try a step size of", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Figures_do_not_depend_on_threads_or_culture()
    {
        var before = CultureInfo.DefaultThreadCurrentCulture;
        var one = await Study("--threads", "1");
        try
        {
            CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = HostileCulture.Instance;
            var two = await Study("--threads", "2");
            Assert.Equal(one, two);
        }
        finally
        {
            CultureInfo.DefaultThreadCurrentCulture = before;
        }
    }

    [Fact]
    public async Task Another_seed_gives_other_figures()
    {
        Assert.NotEqual((await Study("--seed", "1")).Json, (await Study("--seed", "2")).Json);
    }

    [Fact]
    public async Task A_rank_the_model_is_not_compiled_for_is_read_at_run_time()
    {
        var fixedRank = Rmse((await Study("--rank", "16")).Json);
        var openRank = Rmse((await Study("--rank", "15")).Json);
        Assert.InRange(openRank, 0.5 * fixedRank, 2 * fixedRank);
        Assert.NotEqual(fixedRank, openRank);
    }

    [Fact]
    public async Task Tables_that_are_redirected_are_plain_text_of_a_hundred_columns()
    {
        var (_, output, _) = await Run("movielens", Ratings(), "--steps", "20", "--splits", "3", "--initialisations", "2",
            "--rate", "0.01", "--plots", Path.Combine(_folder, "plots"));
        Assert.DoesNotContain('\e', output);
        Assert.All(output.Split('\n'), line => Assert.True(
            line.Length <= 100 || line.Contains(_folder, StringComparison.Ordinal), line));
        Assert.Contains("the paper", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_plot_and_every_figure_is_written_whole()
    {
        var (json, plots) = await Study();
        Assert.Equal(7, plots.Split("<svg ").Length - 1);
        Assert.DoesNotContain(Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories),
            file => file.EndsWith(".tmp", StringComparison.Ordinal));
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        Assert.Contains(root.GetProperty("tables").EnumerateArray().SelectMany(table => table.GetProperty("figures").EnumerateArray()),
            figure => figure.GetProperty("quantity").GetString() == "alpha at p = 0.75");
        Assert.Equal(20, root.GetProperty("steps")[0].GetProperty("values").GetArrayLength());
        Assert.All(root.GetProperty("flows").EnumerateArray(),
            flows => Assert.True(flows.GetProperty("individuals").GetArrayLength() > 10));
    }

    private static double Rmse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.GetProperty("tables")[0].GetProperty("figures")[0].GetProperty("mean").GetDouble();
    }

    private async Task<(string Json, string Plots)> Study(params string[] options)
    {
        var run = Directory.CreateDirectory(Path.Combine(_folder, Guid.NewGuid().ToString("N"))).FullName;
        var (json, plots) = (Path.Combine(run, "figures.json"), Path.Combine(run, "plots"));
        var (code, _, errors) = await Run([
            "movielens", Ratings(), "--steps", "20", "--splits", "3", "--initialisations", "2", "--rate", "0.01",
            "--json", json, "--plots", plots, .. options]);
        Assert.Equal((0, ""), (code, errors));
        return (File.ReadAllText(json), string.Concat(Directory.EnumerateFiles(plots).Order(StringComparer.Ordinal).Select(File.ReadAllText)));
    }

    // Thirty people rate ten of fifteen films each.
    private string Ratings() => Write("small.data", string.Concat(
        from user in Enumerable.Range(0, 30)
        from film in Enumerable.Range(0, 15)
        where (7 * user + 5 * film) % 3 != 0
        select string.Create(CultureInfo.InvariantCulture, $"{user + 1}\t{film + 1}\t{1 + (user * film + user + 2 * film) % 5}\n")));

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    private static async Task<(int Code, string Output, string Errors)> Run(params string[] arguments)
    {
        var (output, errors) = (new StringWriter(CultureInfo.InvariantCulture), new StringWriter(CultureInfo.InvariantCulture));
        var code = await CommandLine.RunAsync(arguments, output, errors);
        return (code, output.ToString(), errors.ToString());
    }
}
