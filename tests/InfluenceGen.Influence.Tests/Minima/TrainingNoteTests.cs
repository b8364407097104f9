using System.Diagnostics;
using System.Reflection.Emit;
using InfluenceGen.Influence.Static;
using InfluenceGen.Influence.Tests.Evaluation;
using InfluenceGen.Training;
using Xunit;

namespace InfluenceGen.Influence.Tests.Minima;

/// <summary>A training that ended badly says so.</summary>
public class TrainingNoteTests
{
    [Fact]
    public void One_that_ended_higher_than_it_began_says_so()
    {
        // Ridge regression in one dimension: a step multiplies the distance to the minimum by 1 − ηh, h about 1.
        var train = Problems.Numbers(40, 2, 1);
        var fit = Linear.Train(train, GradientDescent.FullBatch(12, 2.5));
        var note = Assert.Single(fit.Notes);
        Assert.Contains("higher than it began", note, StringComparison.Ordinal);
        Assert.Contains(fit.Influence(new InfluenceFunctions(), train).Notes, told => told == note);
    }

    [Fact]
    public void One_that_was_still_falling_says_by_how_much()
    {
        // With a rate of 0.01 the fall of 50 steps is nearly a line, of which the last tenth is a tenth.
        var train = Problems.Numbers(40, 2, 1);
        var note = Assert.Single(Linear.Train(train, GradientDescent.FullBatch(50, 0.001)).Notes);
        Assert.Contains("had not ended", note, StringComparison.Ordinal);
        Assert.Contains("the last tenth of 50 steps gained 9.", note, StringComparison.Ordinal);
    }

    [Fact]
    public void One_that_ended_says_nothing()
    {
        var train = Problems.Numbers(40, 2, 1);
        Assert.Empty(Linear.Train(train, GradientDescent.FullBatch(300, 0.3)).Notes);
        Assert.Empty(Linear.Train(train, GradientDescent.FullBatch(0, 1)).Notes);
        var minimum = Linear.Train(train, GradientDescent.FullBatch(0, 1)).Converged();
        Assert.Empty(Linear.Train(train, GradientDescent.FullBatch(20, 0.1) with { Start = Initialisation.At(minimum.Theta()) }).Notes);
    }

    [Fact]
    public void A_project_that_is_built_without_optimisation_is_told_so()
    {
        Assert.Empty(Fit<Linear.Model, double>.OfBuild(Built(DebuggableAttribute.DebuggingModes.IgnoreSymbolStoreSequencePoints)));
        Assert.Contains("without optimisation", Assert.Single(Fit<Linear.Model, double>.OfBuild(
            Built(DebuggableAttribute.DebuggingModes.Default | DebuggableAttribute.DebuggingModes.DisableOptimizations))), StringComparison.Ordinal);

        static AssemblyBuilder Built(DebuggableAttribute.DebuggingModes modes) => AssemblyBuilder.DefineDynamicAssembly(new("Project"), AssemblyBuilderAccess.Run,
            [new(typeof(DebuggableAttribute).GetConstructor([typeof(DebuggableAttribute.DebuggingModes)])!, [modes])]);
    }
}
