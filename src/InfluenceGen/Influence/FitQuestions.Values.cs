using System.Numerics;
using InfluenceGen.Examples;
using InfluenceGen.Influence.Evaluation;
using InfluenceGen.Influence.Retraining;
using InfluenceGen.Influence.Values;
using InfluenceGen.Models;
using InfluenceGen.Training;

namespace InfluenceGen.Influence;

public static partial class FitQuestions
{
    /// <param name="fit">The trained model.</param>
    /// <typeparam name="TModel">The generated struct.</typeparam>
    /// <typeparam name="T">double or float.</typeparam>
    extension<TModel, T>(Fit<TModel, T> fit)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        /// <summary>What each player's data is worth, by gradient steps on it: G-Shapley, which trains nothing to its end.</summary>
        /// <param name="method">Its settings.</param>
        /// <param name="of">Who: examples, individuals or groups.</param>
        /// <param name="on">The test examples.</param>
        /// <param name="utility">What a model is worth; minus its mean test loss where nothing is said.</param>
        /// <param name="options">Threads, progress, cancellation.</param>
        /// <exception cref="ArgumentException">The test set is not one this model reads, a training example is in no group, or an order is not one of all
        /// players.</exception>
        /// <exception cref="ArgumentOutOfRangeException">A position is not one of the training set's, or the rate is not positive.</exception>
        /// <exception cref="InvalidOperationException">The model has no such utility, or a bound is for a smaller range of utilities than was seen.</exception>
        /// <exception cref="TrainingDivergedException">Steps led to weights that are not finite: take a smaller rate.</exception>
        /// <exception cref="ArithmeticException">A utility is not a finite number.</exception>
        /// <exception cref="OperationCanceledException">Cancelled.</exception>
        public PlayerValues Value(GradientShapley method, Players of, ExampleSet<T> on, Utility utility = Utility.MeanLoss, InfluenceOptions? options = null)
        {
            Require(fit, of, on, utility);
            return new GradientWalk<TModel, T>(fit, method, of, TestUtility<TModel, T>.Of(fit, on, utility), options).Run();
        }

        /// <summary>What each player's data is worth to its own class, given the others': class-wise Shapley values, of classifiers.</summary>
        /// <param name="method">Its settings.</param>
        /// <param name="of">Who: examples, or individuals or groups whose examples are of one class.</param>
        /// <param name="on">The test examples.</param>
        /// <param name="removal">What becomes of the rest when players are left out.</param>
        /// <param name="by">To the minimum, or by the plan.</param>
        /// <param name="options">Threads, progress, cancellation.</param>
        /// <exception cref="ArgumentException">The test set is not one this model reads, a training example is in no group, or a player brings examples of several
        /// classes.</exception>
        /// <exception cref="InvalidOperationException">The model is no classifier, there are more than 20 players and no sample is asked for, or the plan does
        /// not lead to this fit's weights; the message says what to do.</exception>
        /// <exception cref="TrainingDivergedException">A training diverged.</exception>
        /// <exception cref="OperationCanceledException">Cancelled.</exception>
        public PlayerValues Value(ClassWiseShapley method, Players of, ExampleSet<T> on, Removal removal = Removal.Refit,
            RetrainBy by = RetrainBy.Automatic, InfluenceOptions? options = null)
        {
            Require(fit, of, on, Utility.ClassAccuracies);
            _ = ClassLabels.CountOf<TModel, T>(fit.Model);
            var classes = ClassLabels.OfPlayers(fit.Training, of.In(fit.Training));
            return method.Of(fit.Game(of, on, Utility.ClassAccuracies, null, removal, by, options), classes, options);
        }

        /// <summary>What each player's data is worth, by training again on coalitions of them.</summary>
        /// <param name="method">How, such as <c>new ExactShapley()</c> for up to 20 players or <c>new RegressionAdjustedValue()</c> for more.</param>
        /// <param name="of">Who: examples, individuals or groups.</param>
        /// <param name="on">The test examples.</param>
        /// <param name="utility">What a model is worth; minus its mean test loss where nothing is said.</param>
        /// <param name="ofNobody">v(nobody), where it is not the utility of the model at weights of 0.</param>
        /// <param name="removal">What becomes of the rest when players are left out; <see cref="Removal.Refit"/>, as if they had never been there,
        /// is what coalitions are.</param>
        /// <param name="by">To the minimum, or by the plan.</param>
        /// <param name="options">Threads, progress, cancellation.</param>
        /// <param name="seeds">How often each coalition is trained by a plan that draws its batches or its start: training s, from 0, adds s to the
        /// plan's seeds. Utilities are means over them, and standard errors, which exact values then have too, are over sample and trainings.</param>
        /// <exception cref="ArgumentException">The test set is not one this model reads, or a training example is in no group.</exception>
        /// <exception cref="ArgumentOutOfRangeException">A position is not one of the training set's.</exception>
        /// <exception cref="InvalidOperationException">The method is not for so many players, the model has no such utility, or there is no minimum
        /// without some, or the plan does not lead to this fit's weights; the message says what to do.</exception>
        /// <exception cref="TrainingDivergedException">A training diverged.</exception>
        /// <exception cref="ArithmeticException">A utility is not a finite number.</exception>
        /// <exception cref="OperationCanceledException">Cancelled.</exception>
        public PlayerValues Value<TMethod>(TMethod method, Players of, ExampleSet<T> on, Utility utility = Utility.MeanLoss, double? ofNobody = null,
            Removal removal = Removal.Refit, RetrainBy by = RetrainBy.Automatic, InfluenceOptions? options = null, int seeds = 1)
            where TMethod : struct, IValueMethod =>
            method.Of(fit.Game(of, on, utility, ofNobody, removal, by, options, seeds), options);

        /// <summary>The game that <see cref="FitQuestions.extension{TModel, T}(Fit{TModel, T}).Value{TMethod}"/> asks about: its players bring training examples, and a coalition is worth what the model
        /// is that is trained on theirs. For several methods on one sample, interaction indices, or a table of all coalitions.</summary>
        /// <inheritdoc cref="FitQuestions.extension{TModel, T}(Fit{TModel, T}).Value{TMethod}"/>
        public Game Game(Players of, ExampleSet<T> on, Utility utility = Utility.MeanLoss, double? ofNobody = null, Removal removal = Removal.Refit,
            RetrainBy by = RetrainBy.Automatic, InfluenceOptions? options = null, int seeds = 1)
        {
            Require(fit, of, on, utility);
            Settings.RequireDefined(removal);
            Settings.RequireDefined(by);
            var asked = TestUtility<TModel, T>.Of(fit, on, utility);
            return fit.Game(of, asked.Count, asked.Write, asked.Name, ofNobody, removal, by, options, seeds);
        }

        /// <summary>The game of a utility of one's own.</summary>
        /// <param name="of">Who: examples, individuals or groups.</param>
        /// <param name="utility">What a model is worth, larger where it is better; called on any thread, and the same for the same model.</param>
        /// <param name="ofNobody">v(nobody), where it is not the utility of the model at weights of 0.</param>
        /// <param name="removal">What becomes of the rest when players are left out.</param>
        /// <param name="by">To the minimum, or by the plan.</param>
        /// <param name="options">Threads, progress, cancellation.</param>
        /// <param name="seeds">How often each coalition is trained by a plan that draws its batches or its start; utilities are means.</param>
        /// <inheritdoc cref="FitQuestions.extension{TModel, T}(Fit{TModel, T}).Value{TMethod}" path="/exception"/>
        public Game Game(Players of, Func<Fit<TModel, T>, double> utility, double? ofNobody = null, Removal removal = Removal.Refit,
            RetrainBy by = RetrainBy.Automatic, InfluenceOptions? options = null, int seeds = 1)
        {
            ArgumentNullException.ThrowIfNull(fit);
            ArgumentNullException.ThrowIfNull(of);
            ArgumentNullException.ThrowIfNull(utility);
            return fit.Game(of, 1, (trained, utilities) => utilities[0] = utility(trained), "a function", ofNobody, removal, by, options, seeds);
        }

        private Game Game(Players of, int utilities, FitUtility<TModel, T> utility, string name, double? ofNobody,
            Removal removal, RetrainBy by, InfluenceOptions? options, int seeds)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(seeds, 1);
            double[]? nobody = null;
            if (ofNobody is { } given)
            {
                nobody = double.IsFinite(given) ? [.. Enumerable.Repeat(given, utilities)]
                    : throw new ArgumentOutOfRangeException(nameof(ofNobody), given, "The utility of nobody is a finite number.");
            }

            var players = of.In(fit.Training);
            var retrainer = new Retrainer<TModel, T>(fit, removal, by, null, options, ofCoalitions: true);
            var games = new Game[seeds];
            for (var seed = 0; seed < seeds; seed++)
            {
                games[seed] = new RetrainingGame<TModel, T>(retrainer.OfSeed(seed), players, utilities, utility, name, nobody);
            }

            return seeds == 1 ? games[0] : new RepeatedGame(new SeededGames(games), seeds);
        }
    }

    private static void Require<TModel, T>(Fit<TModel, T> fit, Players of, ExampleSet<T> on, Utility utility)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(fit);
        ArgumentNullException.ThrowIfNull(of);
        ArgumentNullException.ThrowIfNull(on);
        Settings.RequireDefined(utility);
    }
}
