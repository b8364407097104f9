using System.Collections.Immutable;
using System.Numerics;
using InfluenceGen.Numerics;

namespace InfluenceGen.Influence.Sources;

/// <summary>The scores of one method for one model, training set and test set, written a block of test examples at a time,
/// so that nobody has to hold all of them.</summary>
/// <typeparam name="T">double or float.</typeparam>
public abstract class ScoreSource<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>What a reader of the scores should know: how a solve went, that the weights are not a minimum.</summary>
    public virtual ImmutableArray<string> Notes => [];

    /// <summary>Finds further notes, which take so long that they are looked for when somebody reads the notes, if ever; null where there
    /// are none. Called when the task is over, at most once.</summary>
    internal virtual Func<ImmutableArray<string>>? LateNotes => null;

    /// <summary>Numbers of working memory that a test example takes beside its scores; blocks are cut by it.</summary>
    public virtual long MemoryOfTest => 0;

    /// <summary>Whether what was written last is known to be finite, or left out on purpose (NaN); otherwise whoever asked for it looks, and
    /// refuses what is not.</summary>
    public virtual bool IsKnownFinite => false;

    /// <summary>Writes the scores of some test examples: for each, one of every training example.</summary>
    /// <param name="first">First test example.</param>
    /// <param name="last">Test example to stop before.</param>
    /// <param name="scores">Receives them, test example by test example, from its start. What it holds before is anything, so every
    /// number is written.</param>
    public abstract void WriteScores(int first, int last, AlignedBuffer<T> scores);

    /// <summary>Writes each training example's influence on its own loss.</summary>
    /// <param name="scores">Receives one number for each training example.</param>
    public abstract void WriteSelf(AlignedBuffer<T> scores);

    /// <summary>Writes each training example's influence on the sum of the test losses.</summary>
    /// <param name="scores">Receives one number for each training example.</param>
    public abstract void WriteJoint(AlignedBuffer<T> scores);
}
