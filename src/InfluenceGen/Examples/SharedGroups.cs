using System.Numerics;

namespace InfluenceGen.Examples;

/// <summary>
/// The examples through which somebody influences himself, in training and in deployment: what a ledger must take out of
/// flows that are computed from sums. Flows exclude an individual's own pairs (Sundararajan and Krichene, Eqs. (4) and
/// (5)), and own pairs that share parameters meet in <em>groups</em>: through parameters that every example reads, all examples of
/// an individual who is in both sets; through items' rows, all examples of a (user, item) pair that is in both, since the item's
/// row is shared with others while the user's row is touched by the user alone.
/// </summary>
/// <remarks>
/// For a group g, (Σ of its training gradients) · (Σ of its deployment gradients) is the self-influence it carries, so
/// <c>GradientSum</c> over each of the two compact sets, and one dot for each group, takes O((n + n′) p) and is exact
/// for repeated examples too.
/// </remarks>
/// <typeparam name="T">double or float.</typeparam>
internal sealed class SharedGroups<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly int[] _individuals;
    private readonly int[] _trainingPositions;
    private readonly int[] _deploymentPositions;

    /// <summary>Finds the groups of a pair of sets.</summary>
    /// <param name="training">The training set.</param>
    /// <param name="deployment">The deployment set.</param>
    /// <param name="ofIndividuals">Whether a group is an individual with ratings too, where otherwise it is a user and an item.</param>
    /// <exception cref="ArgumentException">The sets are not of one kind: features against ratings, tables of other sizes,
    /// or other individuals.</exception>
    public SharedGroups(ExampleSet<T> training, ExampleSet<T> deployment, bool ofIndividuals = false)
    {
        ArgumentNullException.ThrowIfNull(training);
        ArgumentNullException.ThrowIfNull(deployment);
        RequireSameKind(training, deployment);
        AreOfItems = training.IsOfRatings && !ofIndividuals;
        Pass = AreOfItems ? 1 : training.IsOfRatings ? training.TableCount : 0;
        var (individuals, items) = (new List<int>(), new List<int>());
        var (left, right) = (new Side(training, AreOfItems), new Side(deployment, AreOfItems));
        while (!left.AtEnd && !right.AtEnd)
        {
            var (key, other) = (left.Key, right.Key);
            if (key == other)
            {
                individuals.Add(training.IndividualOf[left.Position]);
                items.Add(AreOfItems ? training.Index(1)[left.Position] : 0);
                left.TakeGroup(key);
                right.TakeGroup(key);
            }
            else
            {
                (key < other ? left : right).Skip();
            }
        }

        _individuals = [.. individuals];
        (Training, _trainingPositions) = left.Compact(_individuals, items);
        (Deployment, _deploymentPositions) = right.Compact(_individuals, items);
    }

    /// <summary>The number of groups; 0 where nobody shares parameters with himself.</summary>
    public int Count => _individuals.Length;

    /// <summary>Whether a group is a user and an item.</summary>
    public bool AreOfItems { get; }

    /// <summary>The pass of the parameters through which groups meet, the only one that is run over their examples.</summary>
    public int Pass { get; }

    /// <summary>Each group's individual, ascending; where groups are of items the same user may have several.</summary>
    public ReadOnlySpan<int> IndividualOf => _individuals;

    /// <summary>
    /// The training examples of all groups, group by group. <see cref="Pass"/> has one segment for each group, contiguous,
    /// whose target is the group's number. Of items, pass 0 has one segment for each user among the groups, whose
    /// target is the user's rank among them. Shares of the penalty are those of the whole set.
    /// </summary>
    public ExampleSet<T> Training { get; }

    /// <summary>The deployment examples of all groups, arranged like <see cref="Training"/>.</summary>
    public ExampleSet<T> Deployment { get; }

    /// <summary>The position in the whole training set of each example of <see cref="Training"/>.</summary>
    public ReadOnlySpan<int> TrainingPositions => _trainingPositions;

    /// <summary>The position in the whole deployment set of each example of <see cref="Deployment"/>.</summary>
    public ReadOnlySpan<int> DeploymentPositions => _deploymentPositions;

    private static void RequireSameKind(ExampleSet<T> training, ExampleSet<T> deployment)
    {
        if (training.FeatureCount != deployment.FeatureCount || training.LabelCount != deployment.LabelCount
            || training.TableCount != deployment.TableCount || training.IsOfRatings != deployment.IsOfRatings)
        {
            throw new ArgumentException("The two sets have other features, labels or tables.", nameof(deployment));
        }

        if (!training.Individuals.SameAs(deployment.Individuals))
        {
            throw new ArgumentException(
                "The two sets number their individuals differently.",
                nameof(deployment));
        }

        for (var column = 0; column < training.TableCount; column++)
        {
            if (training.RowCount(column) != deployment.RowCount(column))
            {
                throw new ArgumentException(
                    $"Table {column} has {training.RowCount(column)} rows in training and {deployment.RowCount(column)} in deployment.",
                    nameof(deployment));
            }
        }
    }

    /// <summary>A walk through one set in ascending order of what makes a group.</summary>
    private sealed class Side(ExampleSet<T> set, bool areOfItems)
    {
        private readonly int[] _order = areOfItems
            ? OrderByUserThenItem(set)
            : Segments.Ordered(set.IndividualOf, set.Individuals.Count).Order.ToArray();

        private readonly List<int> _taken = [];
        private readonly List<int> _groupEnds = [];
        private int _next;

        public bool AtEnd => _next == _order.Length;

        public int Position => _order[_next];

        public long Key => areOfItems
            ? (long)set.Index(0)[Position] * set.RowCount(1) + set.Index(1)[Position]
            : set.IndividualOf[Position];

        public void Skip() => _next++;

        /// <summary>The order in which ratings are kept, unless they were matched by name with a set of other codes.</summary>
        private static int[] OrderByUserThenItem(ExampleSet<T> set) =>
            ExampleSet<T>.OrderByUserThenItem(set.Index(0), set.Index(1), set.RowCount(0), set.RowCount(1));

        public void TakeGroup(long key)
        {
            while (!AtEnd && Key == key)
            {
                _taken.Add(Position);
                _next++;
            }

            _groupEnds.Add(_taken.Count);
        }

        public (ExampleSet<T> Examples, int[] Positions) Compact(int[] individuals, List<int> items)
        {
            var groups = areOfItems
                ? Segments.ListedRuns(individuals.Length, _taken.Count)
                : new Segments(individuals.Length, 0);
            var users = new Segments(individuals.Length, 0);
            groups.Clear(individuals.Length);
            users.Clear(individuals.Distinct().Count());
            for (var g = 0; g < individuals.Length; g++)
            {
                groups.AddRun(items[g], g, _groupEnds[g]);
                if (g + 1 == individuals.Length || individuals[g + 1] != individuals[g])
                {
                    users.AddRun(individuals[g], users.Count, _groupEnds[g]);
                }
            }

            var positions = _taken.ToArray();
            var examples = set.IsOfRatings
                ? ExampleSet<T>.Allocate(set, positions.Length, users, groups, groups)
                : ExampleSet<T>.Allocate(set, positions.Length, groups);
            examples.Gather(set, positions);
            examples.OrderIndices();
            return (examples, positions);
        }
    }
}
