using System.Collections.Immutable;
using System.Globalization;

namespace InfluenceGen.Examples;

/// <summary>
/// The classes that class numbers stand for, each named by its number. Where their count is open they are the numbers that
/// occur, ascending, so that 1, 2, 3 are three classes and not four. Where it is declared as C, numbers from 0 to C − 1 are
/// what they are, whether or not all occur; C others, 0 not among them, are the classes too.
/// </summary>
internal sealed class ClassNumbers
{
    private readonly int[] _numbers;

    private ClassNumbers(int[] numbers) => _numbers = numbers;

    /// <summary>The classes' names, by class.</summary>
    public ImmutableArray<string> Names => [.. _numbers.Select(number => number.ToString(CultureInfo.InvariantCulture))];

    /// <summary>How many classes there are.</summary>
    public int Count => _numbers.Length;

    /// <summary>The class that a number stands for, from 0.</summary>
    public int ClassOf(int number) => Array.BinarySearch(_numbers, number);

    /// <summary>The classes that numbers stand for; null where they are no classes of a declared count.</summary>
    /// <param name="numbers">The numbers of all examples, 0 or more each.</param>
    /// <param name="declared">How many classes there are; 0 where that is open.</param>
    public static ClassNumbers? Of(IEnumerable<int> numbers, int declared)
    {
        int[] found = [.. numbers.Distinct()];
        Array.Sort(found);
        if (declared > 0 && (found.Length == 0 || found[^1] < declared))
        {
            return new([.. Enumerable.Range(0, declared)]);
        }

        return declared == 0 || (found.Length == declared && found[0] > 0) ? new(found) : null;
    }
}
