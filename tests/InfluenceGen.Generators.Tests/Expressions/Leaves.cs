using System.Reflection;
using InfluenceGen.Generators.Differentiation;
using InfluenceGen.Generators.Expressions;

namespace InfluenceGen.Generators.Tests.Expressions;

/// <summary>Leaves to build expressions of, in a graph of their own, and the rules there are.</summary>
internal sealed class Leaves
{
    public static readonly Dimension Length = new("length", 3), Height = new("height", 2);

    public Graph Graph { get; } = new();

    public Expression Zero => Graph.Number(0);

    public Expression One => Graph.Number(1);

    public Number Number(double value) => Graph.Number(value);

    public Symbol Scalar(string name) => Graph.Symbol(new(name, Role.Coefficient, 0, Shape.Number));

    public Symbol Vector(string name) => Vector(name, Length);

    public Symbol Vector(string name, Dimension length) => Graph.Symbol(new(name, Role.Parameter, 0, new(length)));

    public Symbol Matrix(string name) => Graph.Symbol(new(name, Role.Parameter, 0, new(Length, Height)));

    /// <summary>A leaf like another: the rate at which it changes.</summary>
    public Symbol Rate(Symbol leaf) => Graph.Symbol(leaf.Leaf with { Name = "d" + leaf.Name, Role = Role.Direction });

    /// <summary>Every rule of a table, by the name of its field.</summary>
    public static IReadOnlyDictionary<string, TRule> RulesOf<TRule>(Type table) => table
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Where(field => field.FieldType == typeof(TRule))
        .ToDictionary(field => field.Name, field => (TRule)field.GetValue(null)!);

    public static IReadOnlyDictionary<string, FunctionRule> Functions => RulesOf<FunctionRule>(typeof(FunctionRules));

    public static IReadOnlyDictionary<string, RowFunctionRule> RowFunctions => RulesOf<RowFunctionRule>(typeof(FunctionRules));

    public static IReadOnlyDictionary<string, LossRule> Losses => RulesOf<LossRule>(typeof(LossRules));
}
