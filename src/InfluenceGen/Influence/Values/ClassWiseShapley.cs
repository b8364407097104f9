using System.Numerics;
using InfluenceGen.Numerics;

namespace InfluenceGen.Influence.Values;

/// <summary>
/// The class-wise Shapley value (CS-Shapley: Schoch, Xu and Ji, 2022): Shapley's value among the players of one class c, given a set S₋c of the others, in the mean
/// over all such sets, φ_i = E_{S₋c} Σ_{S ⊆ c∖i} (v_c(S ∪ i) − v_c(S))/(n_c C(n_c − 1, |S|)). A model trained on S and S₋c is worth
/// v_c = a_c exp(a₋c), where a_c and a₋c are the test examples in c and outside of it that are predicted right, as shares of all test examples.
/// </summary>
/// <remarks>
/// For classifiers, and to find wrong labels: whoever helps other classes at the cost of its own counts for little, where Shapley's value of the accuracy adds both up. Values lie between −1 and 1
/// and compare players of one class; those of class c add up to E v_c(all of c) − v_c(nobody of c), not to the accuracy, which is what
/// <see cref="PlayerValues.UtilityOfAll"/> and <see cref="PlayerValues.UtilityOfNobody"/> are here.
/// </remarks>
public readonly record struct ClassWiseShapley()
{
    /// <summary>How many samples: each is an order of the players and a set of them, and costs n trainings and one for each class. Null for all coalitions, of up to
    /// 20 players: 2ⁿ trainings. The range of a bound in advance is 1.</summary>
    public Stopping? Stop { get; init; }

    /// <summary>Fixes the sample, of which number j is a function of this and j.</summary>
    public long Seed { get; init; }

    /// <summary>The values of a game's players.</summary>
    /// <param name="accuracies">A game with a utility for each class, a_c (<see cref="Utility.ClassAccuracies"/>).</param>
    /// <param name="classes">The class of each player, counted from 0.</param>
    /// <param name="options">Threads, progress, cancellation.</param>
    /// <returns>One value for each player.</returns>
    /// <exception cref="ArgumentException">There is not a class for each player.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A class is none of the game's.</exception>
    /// <exception cref="InvalidOperationException">There are more than 20 players and no sample is asked for, or a utility is the mean of several trainings.</exception>
    /// <exception cref="ArithmeticException">A utility is not a finite number; the message names the coalition.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public PlayerValues Of(Game accuracies, IReadOnlyList<int> classes, InfluenceOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(accuracies);
        ArgumentNullException.ThrowIfNull(classes);
        if (classes.Count != accuracies.Players)
        {
            throw new ArgumentException($"There are {classes.Count} classes of {accuracies.Players} players.", nameof(classes));
        }

        int[] classOf = [.. classes];
        foreach (var label in classOf)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(label, nameof(classes));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(label, accuracies.Utilities, nameof(classes));
        }

        if (accuracies.Seeds > 1)
        {
            throw new InvalidOperationException("What a model is worth to a class is no sum of accuracies, so that their means over seeds do not give it. Ask for each seed's values.");
        }

        return Stop is null ? Exact(accuracies, classOf, options) : Sampled(Stop, accuracies, classOf, options);
    }

    private static double Worth(ReadOnlySpan<double> shares, int label)
    {
        var others = 0.0;
        for (var c = 0; c < shares.Length; c++)
        {
            others += c == label ? 0 : shares[c];
        }

        return shares[label] * Math.Exp(others);
    }

    private static PlayerValues Exact(Game game, int[] classOf, InfluenceOptions? options)
    {
        var (players, classes) = (game.Players, game.Utilities);
        if (players > AllCoalitions.Most)
        {
            throw new InvalidOperationException(
                $"{players} players have 2^{players} coalitions; all of them are evaluated for up to {AllCoalitions.Most} players. Sample them (Stop), or make fewer players of them (Players.Groups).");
        }

        // What v_c(S) counts with, by how many of c are in S: for members of c, and with a minus for the others of c.
        var (masks, inside, outside) = (new long[classes], new double[classes][], new double[classes][]);
        for (var c = 0; c < classes; c++)
        {
            for (var player = 0; player < players; player++)
            {
                masks[c] |= classOf[player] == c ? 1L << player : 0;
            }

            var size = BitOperations.PopCount((ulong)masks[c]);
            (inside[c], outside[c]) = (new double[size + 1], new double[size + 1]);
            for (var (k, binomial) = (0, 1.0); k < size; k++)
            {
                inside[c][k + 1] = Math.ScaleB(1 / (size * binomial), size - players);
                outside[c][k] = -inside[c][k + 1];
                binomial = binomial * (size - 1 - k) / (k + 1);
            }
        }

        var evaluation = new GameEvaluation(game, options);
        var (values, chunk) = (new double[players], new double[players]);
        Add(values, 0, evaluation.Empty);
        Add(values, (1L << players) - 1, evaluation.All);
        AllCoalitions.Visit(evaluation, (first, rows) =>
        {
            Array.Clear(chunk);
            for (var i = 0; i < rows.Length / classes; i++)
            {
                Add(chunk, first + i, rows.Slice(i * classes, classes));
            }

            for (var player = 0; player < players; player++)
            {
                values[player] += chunk[player];
            }
        });
        return Result(evaluation, values, null);

        void Add(double[] sums, long bits, ReadOnlySpan<double> shares)
        {
            for (var c = 0; c < classes; c++)
            {
                var (worth, size) = (Worth(shares, c), BitOperations.PopCount((ulong)(bits & masks[c])));
                for (var rest = masks[c]; rest != 0; rest &= rest - 1)
                {
                    var player = BitOperations.TrailingZeroCount(rest);
                    sums[player] += worth * ((bits >> player & 1) != 0 ? inside[c][size] : outside[c][size]);
                }
            }
        }
    }

    private PlayerValues Sampled(Stopping stop, Game game, int[] classOf, InfluenceOptions? options)
    {
        var (players, classes, seed) = (game.Players, game.Utilities, Seed);
        var orders = new MarginalOrders(players, seed, null);
        var most = orders.MostOf(stop, players);
        var evaluation = new GameEvaluation(game, options);
        var sums = new MarginalSums(players, [Worth(evaluation.Empty, classOf[0])]);
        var (coalitions, rows, set) = (new Coalitions(players, players + classes), evaluation.Rows(players + classes), new ulong[(players - 1 >> 6) + 1]);
        var (errors, notes) = orders.Visit(stop, most, sums, isPartial: false, Walk, evaluation.Report);
        return Result(evaluation, sums.Means, errors, notes);

        void Walk(int first, int last)
        {
            for (var sample = first; sample < last; sample++)
            {
                // Each class comes in the order of the sample, to those others who are in its set.
                var order = orders[sample];
                Array.Clear(set);
                CoalitionSampling.Include(set, players, 0.5, new CounterRandom(seed, ~(long)sample));
                coalitions.Clear();
                for (var c = 0; c < classes; c++)
                {
                    if (Array.IndexOf(classOf, c) < 0)
                    {
                        continue;
                    }

                    var words = coalitions.Append();
                    for (var player = 0; player < players; player++)
                    {
                        if (classOf[player] != c && Coalitions.IsIn(set, player))
                        {
                            Coalitions.Put(words, player);
                        }
                    }

                    foreach (var player in order)
                    {
                        if (classOf[player] == c)
                        {
                            var before = coalitions.Count - 1;
                            var next = coalitions.Append();
                            coalitions[before].Words.CopyTo(next);
                            Coalitions.Put(next, player);
                        }
                    }
                }

                evaluation.Write(coalitions, rows);
                var place = 0;
                for (var c = 0; c < classes; c++)
                {
                    if (Array.IndexOf(classOf, c) < 0)
                    {
                        continue;
                    }

                    var before = Worth(rows.AsSpan(place++ * classes, classes), c);
                    sums.See([before]);
                    foreach (var player in order)
                    {
                        if (classOf[player] == c)
                        {
                            var after = Worth(rows.AsSpan(place++ * classes, classes), c);
                            sums.Add(player, [after - before]);
                            sums.See([after]);
                            before = after;
                        }
                    }
                }
            }
        }
    }

    private static PlayerValues Result(GameEvaluation evaluation, double[] values, double[]? errors, params ReadOnlySpan<string> notes) =>
        evaluation.Result(values, errors, [Accuracy(evaluation.Empty)], [Accuracy(evaluation.All)], notes);

    private static double Accuracy(ReadOnlySpan<double> shares) => System.Numerics.Tensors.TensorPrimitives.Sum(shares);
}
