using InfluenceGen.Influence.Dynamic;
using InfluenceGen.Influence.Tests.Evaluation;
using InfluenceGen.Training;
using Xunit;

namespace InfluenceGen.Influence.Tests.Dynamic;

public class MinimisedFitTests
{
    [Fact]
    public void Methods_along_the_training_send_the_minimum_back_to_the_fit_that_was_trained()
    {
        var (train, test) = (Problems.Binary(20, 3, 1), Problems.Binary(2, 3, 2));
        var trained = Logistic.Train(train, Problems.Penalised(0.1), new Trajectory<double>());
        foreach (var fit in (Fit<Logistic.Model, double>[])[trained.Converged(), trained.ConvergedLastLayer()])
        {
            void Refuses<TMethod>(TMethod method) where TMethod : struct, IInfluenceMethod
            {
                foreach (var ask in (Action[])[() => fit.Influence(method, test), () => fit.SelfInfluence(method), () => fit.JointInfluence(method, test)])
                {
                    var refusal = Assert.Throws<InvalidOperationException>(ask).Message;
                    Assert.StartsWith(typeof(TMethod).Name, refusal, StringComparison.Ordinal);
                    Assert.Contains("ask the fit that Train returned", refusal, StringComparison.Ordinal);
                }
            }

            Refuses(new TracIn());
            Refuses(new TracInCP());
            Refuses(new TracInIdeal());
            Refuses(new GradientAggregatedSimilarity());
            Refuses(new HydraFull());
            Refuses(new HydraFast());
            Refuses(new SgdInfluence());
        }
    }
}
