using InfluenceGen.Examples;
using Xunit;

namespace InfluenceGen.Tests.Models;

/// <summary>The generated models against the reference values of <c>tests/fixtures/models_*.json</c>.</summary>
public class GeneratedFixtureTests
{
    [Theory]
    [InlineData("models_linear", "Linear4")]
    [InlineData("models_linear", "LinearOpen")]
    [InlineData("models_linear_nobias", "Linear4")]
    [InlineData("models_linear_nobias", "LinearOpen")]
    [InlineData("models_logistic", "Logistic4")]
    [InlineData("models_logistic", "LogisticOpen")]
    [InlineData("models_mf", "Mf3")]
    [InlineData("models_mf", "MfOpen")]
    public void Outputs_losses_and_gradients_are_the_reference_values(string file, string name)
    {
        var given = new Given(file, name);
        Close.To(given.Each("predict"), given.Model.Predict());
        Close.To(given.Each("loss"), given.Model.Loss());
        Close.To(given.Each("grads"), [.. given.Model.Gradients().SelectMany(given.WithoutBias)]);
    }

    [Theory]
    [InlineData("models_linear", "Linear4")]
    [InlineData("models_linear_nobias", "LinearOpen")]
    [InlineData("models_logistic", "Logistic4")]
    [InlineData("models_mf", "Mf3")]
    public void The_objective_and_its_gradient_are_the_reference_values(string file, string name)
    {
        // F = mean loss + (λ/2) Σ mask θ², with the mean as coefficients of 1/n.
        var given = new Given(file, name);
        var (model, lambda, mask, theta) = (given.Model, given.Lambda, given.Mask, given.Theta);
        var penalty = lambda / 2 * theta.Zip(mask, (t, m) => m * t * t).Sum();
        Close.To(given.Whole("objective_mean"), [model.Loss().Average() + penalty]);

        model.Coefficients = model.EachExample(_ => 1.0 / model.Examples.Count);
        Close.To(given.Whole("objective_grad"),
            [.. given.WithoutBias(model.Total()).Select((g, k) => g + lambda * mask[k] * theta[k])]);
    }

    [Theory]
    [InlineData("Mf3")]
    [InlineData("MfOpen")]
    public void Deployment_losses_carry_no_penalty_where_none_is_asked_for(string name)
    {
        var given = new Given("models_mf", name);
        var model = given.Model.On(given.Model.Examples.WithPenalty(RowPenalty.None));
        Close.To(given.Each("test_loss_data_only"), model.Loss());
        Close.To(given.Each("test_grads_data_only"), [.. model.Gradients().SelectMany(g => g)]);
    }

    /// <summary>A model at a fixture's θ and on its examples, and the fixture's numbers in the order of its set.</summary>
    private sealed class Given
    {
        private readonly Fixture _fixture;
        private readonly bool _hasBias;

        public Given(string file, string name)
        {
            _fixture = Fixture.Read(file);
            _hasBias = file != "models_linear_nobias";
            var (x, y, theta) = (_fixture["data"]["X"].Numbers, _fixture["data"]["y"].Numbers, Theta);
            if (file != "models_mf")
            {
                // A bias that the fixture's model does not have is 0.
                var examples = ExampleSet<double>.FromFeatures(x, x.Length / y.Length, y);
                Model = new GeneratedCase(name, examples, 0, new(1)) { Theta = _hasBias ? theta : [.. theta, 0] };
                return;
            }

            var model = _fixture["model"];
            int[] Column(int column) => [.. Enumerable.Range(0, y.Length).Select(i => (int)x[2 * i + column])];
            var ratings = ExampleSet<double>.FromRatings(Column(0), Column(1), y, model["users"].Whole, model["items"].Whole)
                .WithPenalty(RowPenalty.Counts(model["user_counts"].Wholes, model["item_counts"].Wholes));
            Model = new GeneratedCase(name, ratings, model["dim"].Whole, new(1)) { Theta = theta };
        }

        public GeneratedCase Model { get; }

        public double[] Theta => _fixture["inputs"]["theta"].Numbers;

        public double Lambda => _fixture["hyper"]["lambda"].Number;

        public double[] Mask => _fixture["hyper"]["reg_mask"].Numbers;

        /// <summary>An expected value of the whole set.</summary>
        public double[] Whole(string name) => _fixture["expected"][name].Numbers;

        /// <summary>Expected values of each example, in the order of the model's set: ratings are sorted.</summary>
        public double[] Each(string name)
        {
            var rows = _fixture["expected"][name].Elements;
            return [.. Model.Examples.Source.ToArray().SelectMany(row => rows[row].Numbers)];
        }

        /// <summary>θ without the bias, where the fixture's model has none.</summary>
        public double[] WithoutBias(double[] theta) => _hasBias ? theta : theta[..^1];
    }
}
