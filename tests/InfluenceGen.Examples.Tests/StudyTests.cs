using System.Text.Json;
using ReciprocityStudies.Reporting;
using ReciprocityStudies.Studies;
using Xunit;

namespace InfluenceGen.Examples.Tests;

public sealed class StudyTests
{
    private static readonly Lazy<Report> _theory =
        new(() => TheoryStudy.Run(300, seed: 1, threads: 2, () => { }, CancellationToken.None));

    [Fact]
    public void The_theorem_holds_and_breaks_where_the_reference_experiment_has_it()
    {
        using var reference = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "fixtures", "theorem_check.json")));
        var experiments = (string[])["fresh", "revisit", "clip", "norm"];
        foreach (var (experiment, table) in experiments.Zip(_theory.Value.Balances))
        {
            var expected = reference.RootElement.GetProperty(experiment).GetProperty("z").EnumerateArray()
                .Max(z => Math.Abs(z.GetDouble())) > TheoryStudy.Limit;
            var found = table.Individuals.Max(balance => Math.Abs(balance.Z)) > TheoryStudy.Limit;
            Assert.True(expected == found, table.Title + ": " + table.Verdict);
        }
    }

    [Fact]
    public void Who_comes_late_gets_and_gives_nothing()
    {
        var late = _theory.Value.Balances[^1];
        var person = late.Individuals.Single(balance => balance.Outflow == 0);
        Assert.Equal("person 8", person.Name);
        Assert.True(person.Z > TheoryStudy.Limit, late.Verdict);
    }

    [Fact]
    public void A_cancelled_study_stops()
    {
        using var cancellation = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() =>
            TheoryStudy.Run(10_000, seed: 1, threads: 2, cancellation.Cancel, cancellation.Token));
    }

    [Fact]
    public void The_hard_patient_stands_out_in_every_set_of_splits()
    {
        var task = HealthcareStudy.TumourTask(DataFolder) with { Steps = 100, Milestones = [100] };
        var splits = new PatientSplits(Sets: 1, Splits: 16, Seed: 1, Threads: 2);
        var averages = task.Average(splits, set: 0, () => { }, CancellationToken.None);
        var flows = averages.Flows[0];
        var patients = flows.Reciprocity.Measured;
        Assert.Equal("298", flows.Individuals[patients.MinBy(u => flows.Inflow[u])]);
        Assert.Equal("298", flows.Individuals[patients.MinBy(u => flows.Outflow[u])]);
        Assert.InRange(averages.Imbalance, 0, 1e-12);
    }

    [Fact]
    public void Sets_of_splits_are_different_and_repeatable()
    {
        var task = HealthcareStudy.DiabetesTask(DataFolder, [10]);
        var first = Alpha(set: 0, threads: 1);
        Assert.Equal(first, Alpha(set: 0, threads: 2));
        Assert.NotEqual(first, Alpha(set: 1, threads: 1));

        double Alpha(int set, int threads) =>
            task.Average(new PatientSplits(2, 10, 1, threads), set, () => { }, CancellationToken.None).Flows[0].Reciprocity.Alpha(0.75);
    }

    [Fact]
    public void A_balance_without_any_difference_has_no_z()
    {
        Assert.Equal(0, new Balance("nobody", 1, 1, 0, 0).Z);
        Assert.Equal(-2, new Balance("somebody", 1, 2, -1, 0.5).Z);
    }

    private static string DataFolder => Path.Combine(AppContext.BaseDirectory, "data");
}
