using System.Text.Json;
using InfluenceGen.Examples;
using InfluenceGen.Models;
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
        var fixture = new Fixture(file);
        var model = fixture.Case(name);
        fixture.Compare(fixture.Expected("predict", model), model.Predict());
        fixture.Compare(fixture.Expected("loss", model), model.Loss());
        fixture.Compare(fixture.Expected("grads", model), [.. model.Gradients().SelectMany(fixture.WithoutBias)]);
    }

    [Theory]
    [InlineData("models_linear", "Linear4")]
    [InlineData("models_linear_nobias", "LinearOpen")]
    [InlineData("models_logistic", "Logistic4")]
    [InlineData("models_mf", "Mf3")]
    public void The_objective_and_its_gradient_are_the_reference_values(string file, string name)
    {
        // F = mean loss + (λ/2) Σ mask θ², with the mean as coefficients of 1/n.
        var fixture = new Fixture(file);
        var model = fixture.Case(name);
        var lambda = fixture.Numbers("hyper", "lambda")[0];
        var (theta, mask) = (fixture.Numbers("inputs", "theta"), fixture.Numbers("hyper", "reg_mask"));
        var penalty = lambda / 2 * theta.Zip(mask, (t, m) => m * t * t).Sum();
        fixture.Compare(fixture.Numbers("expected", "objective_mean"), [model.Loss().Average() + penalty]);

        model.Coefficients = model.EachExample(_ => 1.0 / model.Examples.Count);
        fixture.Compare(fixture.Numbers("expected", "objective_grad"),
            [.. fixture.WithoutBias(model.Total()).Select((g, k) => g + lambda * mask[k] * theta[k])]);
    }

    [Theory]
    [InlineData("Mf3")]
    [InlineData("MfOpen")]
    public void Deployment_losses_carry_no_penalty_where_none_is_asked_for(string name)
    {
        var fixture = new Fixture("models_mf");
        var training = fixture.Case(name);
        var model = training.On(training.Examples.WithPenalty(RowPenalty.None));
        fixture.Compare(fixture.Expected("test_loss_data_only", model), model.Loss());
        fixture.Compare(fixture.Expected("test_grads_data_only", model), [.. model.Gradients().SelectMany(g => g)]);
    }

    private sealed class Fixture
    {
        private readonly JsonElement _root;

        public Fixture(string name)
        {
            var path = Path.Combine(AppContext.BaseDirectory, "fixtures", name + ".json");
            _root = JsonDocument.Parse(File.ReadAllText(path)).RootElement;
        }

        /// <summary>All numbers below a property, row by row.</summary>
        public double[] Numbers(params ReadOnlySpan<string> path)
        {
            var element = _root;
            foreach (var name in path)
            {
                element = element.GetProperty(name);
            }

            return [.. Flatten(element)];
        }

        /// <summary>Expected values of each example, in the order of the model's set: ratings are sorted.</summary>
        public double[] Expected(string name, GeneratedCase model)
        {
            var rows = _root.GetProperty("expected").GetProperty(name);
            return [.. model.Examples.Source.ToArray().SelectMany(row => Flatten(rows[row]))];
        }

        /// <summary>The model at the fixture's θ and on its examples; a bias that the fixture's model does not have is 0.</summary>
        public GeneratedCase Case(string name)
        {
            var (x, y, theta) = (Numbers("data", "X"), Numbers("data", "y"), Numbers("inputs", "theta"));
            if (!_root.GetProperty("model").TryGetProperty("users", out var users))
            {
                var examples = ExampleSet<double>.FromFeatures(x, x.Length / y.Length, y);
                return new GeneratedCase(name, examples, 0, new(1)) { Theta = HasBias ? theta : [.. theta, 0] };
            }

            int[] Column(int column) => [.. Enumerable.Range(0, y.Length).Select(i => (int)x[2 * i + column])];
            int[] Counts(string of) => [.. Numbers("model", of).Select(count => (int)count)];
            var ratings = ExampleSet<double>.FromRatings(Column(0), Column(1), y, users.GetInt32(),
                    _root.GetProperty("model").GetProperty("items").GetInt32())
                .WithPenalty(RowPenalty.Counts(Counts("user_counts"), Counts("item_counts")));
            return new GeneratedCase(name, ratings, (int)Numbers("model", "dim")[0], new(1)) { Theta = theta };
        }

        /// <summary>θ without the bias, where the fixture's model has none.</summary>
        public double[] WithoutBias(double[] theta) => HasBias ? theta : theta[..^1];

        public void Compare(double[] expected, double[] actual)
        {
            Close.All(expected, actual, Numbers("tolerance", "direct", "rel")[0], Numbers("tolerance", "direct", "abs")[0]);
        }

        private bool HasBias => !_root.GetProperty("model").TryGetProperty("bias", out var bias) || bias.GetBoolean();

        private static IEnumerable<double> Flatten(JsonElement element) => element.ValueKind == JsonValueKind.Array
            ? element.EnumerateArray().SelectMany(Flatten)
            : [element.GetDouble()];
    }
}
